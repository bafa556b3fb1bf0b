"""Why a rehearsal failed."""
