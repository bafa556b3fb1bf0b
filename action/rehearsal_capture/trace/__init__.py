"""Record what a test does with its browsers: each step, the lookups between steps, and the pages.

Like all of rehearsal_capture this runs in the tests' own Python. It sends the driver no command.
"""
