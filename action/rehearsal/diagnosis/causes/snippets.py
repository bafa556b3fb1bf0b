"""The comments that say where to paste a snippet.

An empty line and such a comment begin a snippet for another file; the page shows it separately.
"""

# The step has a `with:` already, and YAML allows no second one.
IN_STEP = "# in {workflow|your workflow}, under the with: of the step that uses this action, add:\n"
ALSO_IN_STEP = f"# and {IN_STEP.removeprefix('# ')}"
IN_DOCKERFILE = "# in the Dockerfile:\n"
IN_SETTINGS = "# in {settings|settings.py}:\n"
