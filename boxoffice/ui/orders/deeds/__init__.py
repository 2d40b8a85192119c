"""What can be done with an order after its sale: a form each, in the place of the buttons."""
