"""Is the image ready for production? Checks of what was observed of it and its container."""
