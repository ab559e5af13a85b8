"""The judge of the cards of datasets."""
