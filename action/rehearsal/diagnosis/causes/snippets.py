"""The comments that say where to paste a snippet.

An empty line and such a comment begin a snippet for another file; the page shows it separately.
"""

AT_END_OF_SETTINGS = "# in {settings|settings.py}, at the end, add:\n"
