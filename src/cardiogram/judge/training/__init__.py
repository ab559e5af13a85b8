"""A judge learned from labelled cards."""
