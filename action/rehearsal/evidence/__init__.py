"""What is kept of a rehearsal."""
