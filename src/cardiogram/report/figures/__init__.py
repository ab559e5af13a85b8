"""Charts as files of their own."""
