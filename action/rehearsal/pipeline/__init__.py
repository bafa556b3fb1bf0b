"""Run one rehearsal: its stages, its state, its result."""
