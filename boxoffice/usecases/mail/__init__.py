"""What customers are told by e-mail."""
