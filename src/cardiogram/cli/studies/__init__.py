"""Commands for studies of many cards."""
