"""The digest of an image's configuration: it is the same in every image store and registry."""

import json
import subprocess
import tarfile
import threading
from pathlib import PurePosixPath
from typing import IO

from rehearsal.outside.engine import Engine

# In seconds. A gigabyte takes two.
SAVE_TIMEOUT = 120.0
# In bytes. It has some hundred.
MAX_MANIFEST_SIZE = 1 << 20
BUFFER_SIZE = 1 << 20


def config_digest(engine: Engine, image_id: str) -> str:
    """Return the digest of the configuration of an image, or "" if that cannot be found out.

    It is the ID, but not with containerd's image store: there the one way to ask is to save the
    image.
    """
    if engine.versions.store != "containerd":
        return image_id
    with subprocess.Popen(
        [engine.client, "save", image_id],
        env=engine.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as client:
        timer = threading.Timer(SAVE_TIMEOUT, client.kill)
        timer.start()
        try:
            return read_config_digest(client.stdout) if client.stdout else ""
        except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError):
            return ""
        finally:
            timer.cancel()
            client.kill()


def read_config_digest(archive: IO[bytes]) -> str:
    """Return the digest that an archive of one image names. It is read as a stream.

    Raises ValueError, KeyError, TypeError, OSError, EOFError and tarfile.TarError.
    """
    with tarfile.open(fileobj=archive, mode="r|", bufsize=BUFFER_SIZE) as tar:
        for member in tar:
            if member.name == "manifest.json" and member.size <= MAX_MANIFEST_SIZE:
                content = tar.extractfile(member)
                (image,) = json.loads(content.read() if content else "")
                # blobs/sha256/HEX, or HEX.json from an engine before 25.
                return f"sha256:{PurePosixPath(image['Config']).stem}"
    raise ValueError("the archive has no manifest.json")
