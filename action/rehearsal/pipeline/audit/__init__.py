"""The audit under way: look at the container and the image, then run the checks."""
