"""What a map knows of each card."""
