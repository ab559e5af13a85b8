"""The shipped judge."""
