"""The checks, a module for each theme; `rehearsal.audit.registry` lists all."""
