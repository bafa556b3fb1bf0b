"""On a laptop: the rehearsal that a step of a workflow file asks for."""
