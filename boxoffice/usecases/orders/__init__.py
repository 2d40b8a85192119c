"""What happens to orders after the sale."""
