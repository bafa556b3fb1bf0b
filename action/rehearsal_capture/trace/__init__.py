"""Record the commands that a test sends to its browsers: each step, and the lookups between steps.

Like all of rehearsal_capture this runs in the tests' own Python. It sends the browser no command.
"""
