"""Where a snippet belongs: the comment that stands over it."""

STEP = "# in your workflow, to the step that uses this action, add:\n"
STEP_TOO = "# and in your workflow, to the step that uses this action, add:\n"
IMAGE = "# in the Dockerfile:\n"
SETTINGS = "# in settings.py:\n"
