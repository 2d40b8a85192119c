"""Ways to pay that take more than one step."""
