"""Does a judge rate what it should? Cards are changed in known ways, and rated again."""
