"""`make bench`: what is fast here, measured beside what others use, on one machine in one run."""
