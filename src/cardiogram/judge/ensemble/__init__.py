"""Several judges together: panels and cascades."""
