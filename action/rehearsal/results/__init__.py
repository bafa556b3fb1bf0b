"""What happened: plain data, and how it is read and written."""
