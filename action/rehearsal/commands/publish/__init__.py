"""Publish the image that was rehearsed, and verify it in each registry."""
