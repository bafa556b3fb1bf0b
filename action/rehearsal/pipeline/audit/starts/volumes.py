"""Read the volumes of a container, before and after its restart."""

import tarfile
import threading
import time
from collections.abc import Mapping

from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.pipeline.audit.starts.volume_data import (
    VolumeData,
    find_lost,
    parse_archive,
    second_names,
)

# In bytes and in seconds. A new volume has little on it; of one with more nothing is compared.
MAX_ARCHIVE = 32 << 20
READ_TIMEOUT = 5.0
POLL_INTERVAL = 0.05


@dataclass(frozen=True, kw_only=True)
class Volumes:
    """The volumes of one container, which runs or not; `stopped` ends the reading."""

    engine: Engine
    container: str
    stopped: threading.Event

    def read_and_mark(self) -> Mapping[str, VolumeData]:
        """Return what is on each volume, by its place; give the databases there a second name."""
        mounts = self.engine.inspect(self.container).get("Mounts") or []
        targets = [mount["Destination"] for mount in mounts if mount.get("RW")]
        return {target: data for target in targets if (data := self._read_and_mark(target))}

    def find_lost(self, before: Mapping[str, VolumeData]) -> tuple[str, ...]:
        """Return what was on the volumes before, and is not any more, for messages."""
        pairs = ((target, data, self._read(target)) for target, data in before.items())
        return tuple(
            lost
            for target, data, after in pairs
            if after
            for lost in find_lost(data, after, target)
        )

    def _read_and_mark(self, target: str) -> VolumeData | None:
        data = self._read(target)
        if data and (archive := second_names(data, target)):
            try:
                self.engine.copy_in(self.container, target, archive)
            except EngineError:  # Not every file system has links.
                return data
            data = self._read(target)
        return data

    def _read(self, target: str) -> VolumeData | None:
        """Return what is on the volume at `target`, or None if that is too much to read."""
        archive = bytearray()

        def take(piece: bytes) -> None:
            if len(archive) <= MAX_ARCHIVE:
                archive.extend(piece)

        limit = time.monotonic() + READ_TIMEOUT
        process = self.engine.copy_out(self.container, target, out=take, err=lambda _: None)
        try:
            while (code := process.wait(POLL_INTERVAL)) is None:
                is_late = time.monotonic() > limit or self.stopped.is_set()
                if is_late or len(archive) > MAX_ARCHIVE:
                    return None
        finally:
            process.end()
        if code or len(archive) > MAX_ARCHIVE:
            return None
        try:
            return parse_archive(bytes(archive), target)
        except (tarfile.TarError, ValueError, EOFError, OverflowError):
            return None
