"""Models and their cards from the Hub or from the disk into a study folder."""
