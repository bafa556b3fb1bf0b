"""The effects, all of them: processes, the engine, HTTP, and the runner's files and commands."""
