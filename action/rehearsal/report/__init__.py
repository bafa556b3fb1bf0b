"""Reports: a finished record in, text out; nothing here has an effect."""
