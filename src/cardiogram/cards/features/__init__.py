"""What is counted in a card."""
