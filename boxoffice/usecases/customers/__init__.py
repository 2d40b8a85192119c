"""Customers at the counter: found as somebody types, taken down once."""
