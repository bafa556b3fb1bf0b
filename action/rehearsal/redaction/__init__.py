"""Secrets, and their redaction."""
