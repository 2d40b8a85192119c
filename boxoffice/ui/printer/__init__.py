"""The panel where the clerk chooses the printer and its paper."""
