"""What every browser has in common."""

WIDTH, HEIGHT = 1024, 768
"""Pixels of the window, its own frame included."""

PAGE_LOAD_MILLISECONDS = 30_000
"""After which a page that does not finish loading is an error."""
