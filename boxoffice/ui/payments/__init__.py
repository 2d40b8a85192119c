"""What takes money anywhere in the window: amounts, cards, several payments."""
