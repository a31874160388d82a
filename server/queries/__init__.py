"""Questions. Each starts at `visible(actor, Model)`, and leaves no mark."""
