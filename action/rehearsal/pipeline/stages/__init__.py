"""The stages and their helpers: a failing stage raises `RehearsalError`."""
