"""HTML and SVG as values."""
