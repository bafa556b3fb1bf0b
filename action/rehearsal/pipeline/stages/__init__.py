"""The stages of a rehearsal, one module each: what came before in, a result or a Problem out."""
