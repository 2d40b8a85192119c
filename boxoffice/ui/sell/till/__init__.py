"""The right column: the basket and its price, the payment, what came of it, and orders looked up."""
