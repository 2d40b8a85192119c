"""The Sell screen: events to the left, tiers in the middle, the basket and the money to the right."""
