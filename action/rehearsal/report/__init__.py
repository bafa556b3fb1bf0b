"""Reports: a finished result in, text out; nothing here has an effect."""
