"""What was found in the layers of an image, with their numbers and the commands that made them."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from rehearsal.audit.foreign_files import is_below
from rehearsal.audit.observations import LayerFile, SecretPlace
from rehearsal.audit.stray_files import KEYS, TESTS, Stray
from rehearsal.pipeline.audit.layer_scan import LayerScan


class FoundLayers:
    """The layers that were read of an image whose layers have the digests `digests`, in order.

    `commands` made them; it is empty if they are not known.
    """

    def __init__(self, scan: LayerScan, digests: Sequence[str], commands: Sequence[str]) -> None:
        self._scan, self._digests, self._commands = scan, list(digests), commands
        # From the last layer, so that of equal layers the first counts.
        numbers = {digest: len(digests) - n for n, digest in enumerate(reversed(digests))}
        self._layers = [(numbers.get(each.digest, 0), each) for each in scan.layers]
        self._layers.sort(key=lambda layer: layer[0])

    @property
    def unread(self) -> list[int]:
        """The numbers of the layers that were not read to their end."""
        read = {content.digest for content in self._scan.layers}
        return [n for n, digest in enumerate(self._digests, start=1) if digest not in read]

    def files(self) -> Iterator[LayerFile]:
        """Yield each stray file or folder, from the first layer to the last."""
        for number, content in self._layers:
            for stray, extent in content.strays.items():
                if not self._is_of_package(stray):
                    yield LayerFile(
                        path=f"/{stray.path}",
                        kind=stray.kind,
                        layer=number,
                        made_by=self._made_by(number),
                        files=extent.files,
                        size=extent.size,
                        removed_by=self._removed_by(number, extent.example),
                    )

    def secrets(self) -> Iterator[SecretPlace]:
        """Yield each file with the value of a secret, from the first layer to the last."""
        for number, content in self._layers:
            for name, path in content.secrets:
                yield SecretPlace(
                    name=name, place=f"/{path}", layer=number, made_by=self._made_by(number)
                )

    def _is_of_package(self, stray: Stray) -> bool:
        """Whether a test or a key may belong to a package in a folder of the project."""
        return stray.kind in (TESTS, KEYS) and is_below(stray.path, self._scan.package_folders)

    def _made_by(self, number: int) -> str:
        return self._commands[number - 1] if number and self._commands else ""

    def _removed_by(self, number: int, path: str) -> int:
        """Return the first later layer that removes a file or a folder around it, or 0."""
        folders = {path, "", *map(str, PurePosixPath(path).parents)}
        later = (n for n, content in self._layers if n > number and folders & content.removed)
        return next(later, 0) if number else 0
