"""Reading JUnit XML, as the tools of many languages write it."""
