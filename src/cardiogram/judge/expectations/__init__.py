"""What a reader expects of a card, which of it is missing, and what it would gain."""
