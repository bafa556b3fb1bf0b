"""Record what a test makes its browsers do: each step, and the looks between two steps.

As all of this package it runs inside the tests' own Python. It sends the browser no command.
"""
