"""What all unit tests share."""

from hypothesis import settings

# The same examples on every machine, and nothing written beside the tests.
settings.register_profile("unit", derandomize=True, database=None, deadline=None, max_examples=60)
settings.load_profile("unit")
