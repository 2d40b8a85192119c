"""The box office itself: opening it, its demo, its check."""
