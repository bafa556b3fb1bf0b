"""The ports that an image exposes."""

from rehearsal.outside.engine import Engine


def exposed_ports(engine: Engine, image: str) -> list[int]:
    """Return the TCP ports that an image exposes. Raises `EngineError`."""
    config = engine.inspect(image, "image").get("Config") or {}
    found = [port.partition("/") for port in config.get("ExposedPorts") or {}]
    return [int(port) for port, _, protocol in found if protocol in ("", "tcp") and port.isdigit()]
