"""The waitlist: joining it, what is offered, and what becomes of an offer."""
