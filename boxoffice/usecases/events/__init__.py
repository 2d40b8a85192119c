"""Events, as the counter asks for them."""
