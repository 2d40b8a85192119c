"""Customers at the counter: found as somebody types, added once."""
