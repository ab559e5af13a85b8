"""The linter: rules, findings and fixes."""
