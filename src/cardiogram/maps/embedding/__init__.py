"""Cards to vectors."""
