"""Where a snippet belongs: the comment that stands over it.

An empty line and such a comment begin a snippet for another place, which is shown apart.
"""

# The step has its `with:` already: a second one would be refused.
STEP = "# in {workflow|your workflow}, under the with: of the step that uses this action, add:\n"
STEP_TOO = f"# and {STEP.removeprefix('# ')}"
IMAGE = "# in the Dockerfile:\n"
SETTINGS = "# in {settings|settings.py}:\n"
