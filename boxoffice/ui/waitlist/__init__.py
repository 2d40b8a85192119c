"""The Waitlist screen: who waits for what, what is offered to them, and why not."""
