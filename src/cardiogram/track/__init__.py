"""What followed a change, over time."""
