"""Commands for single cards."""
