"""One rehearsal under way."""
