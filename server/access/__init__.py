"""Who acts, where they reach, and what they may do there."""
