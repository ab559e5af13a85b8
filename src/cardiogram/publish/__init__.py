"""A study as a dataset on the Hub."""
