"""Small widgets that every screen is made of. They know the theme and nothing of the trade."""
