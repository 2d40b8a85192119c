"""How everything looks: tokens, type, colours, icons, and switching between light and dark."""
