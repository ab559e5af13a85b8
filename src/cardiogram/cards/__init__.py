"""README to card: parse, find sections and facts, name problems, collect into a study."""
