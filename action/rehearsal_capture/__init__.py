"""Keep the evidence of failed browser tests, which need no change for it.

It runs inside the tests' own Python, whichever that is: it needs Python 3.8 and nothing else, and
no exception may leave it. It sends the browser no command before an exception has been raised.
"""
