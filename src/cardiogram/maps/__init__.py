"""A map of the cards of a study."""
