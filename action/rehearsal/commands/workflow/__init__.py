"""The steps of the reusable workflows: check the inputs, move the image between jobs."""
