"""Results as tables: text, Markdown, CSV, HTML."""
