"""The middle column: the event chosen and its tiers."""
