"""The world outside: processes, the engine, HTTP, registries, git, the runner, untrusted files."""
