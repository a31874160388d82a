"""Verbs: find, permit, change, record. The only room that writes."""
