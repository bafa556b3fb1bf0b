"""Secrets, and what replaces them."""
