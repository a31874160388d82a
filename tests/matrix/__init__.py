"""The authorisation matrix and the canary."""
