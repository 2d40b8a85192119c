"""The first start: what to open, and why it could not be opened."""
