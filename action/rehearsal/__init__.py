"""Dress Rehearsal: test the container you ship; ship the container you tested."""

__version__ = "0.1.0"
