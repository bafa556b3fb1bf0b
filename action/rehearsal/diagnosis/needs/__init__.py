"""Find what the next rehearsals would stop at, by reading the project's files."""
