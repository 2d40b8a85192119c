"""The Till screen: the drawer, the day's takings, the closings."""
