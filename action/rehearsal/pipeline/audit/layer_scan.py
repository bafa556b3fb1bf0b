"""Look through the layers of an image for stray files, private keys and secrets, each once.

What is kept is bounded, since an image may have any number of such files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field

from rehearsal.audit.foreign_files import package_folder
from rehearsal.audit.stray_files import (
    KEY_MARK,
    KEYS,
    Stray,
    find_stray,
    is_private_key,
)
from rehearsal.dataclass import dataclass
from rehearsal.outside.image_archive import Layer
from rehearsal.outside.tar_stream import BadArchiveError, TarMember, TarStream
from rehearsal.pipeline.audit.member_search import MemberSearch
from rehearsal.redaction.literal_search import Hit, LiteralSearch

# In characters. No project has longer paths. Where one has a secret, no part of its path is told,
# which might end within the secret.
MAX_PATH = 1000
LONG_PATH = "(a path of more than 1000 characters)"
# Of a whole image.
MAX_STRAYS = 1000
MAX_PLACES = 200
MAX_REMOVED = 10_000
MAX_PACKAGE_FOLDERS = 100
# A file .wh.NAME removes NAME, and one of this name all that earlier layers have in its folder.
# Source: OCI Image Format, "Representing Changes".
WHITEOUT, OPAQUE = ".wh.", ".wh..wh..opq"


@dataclass(kw_only=True)
class Extent:
    """How many files one stray thing has, their size in bytes, and the path of one of them."""

    example: str
    files: int = 0
    size: int = 0


@dataclass(kw_only=True)
class LayerContent:
    """What was found in a layer. `digest` is empty unless all of it was read.

    `secrets` has the name of each secret with the path where its value stands. `removed` are paths
    that only earlier layers have.
    """

    digest: str = ""
    strays: dict[Stray, Extent] = field(default_factory=dict)
    secrets: dict[tuple[str, str], None] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)


class LayerScan:
    """All layers that were looked through. `names` are the secrets that each form belongs to.

    `package_folders` are folders of the project in which packages were installed.
    """

    def __init__(self, names: Mapping[bytes, tuple[str, ...]]) -> None:
        self._names = names
        self._search = LiteralSearch([*names, KEY_MARK])
        self.layers: list[LayerContent] = []
        self.package_folders: set[str] = set()
        self._strays, self._places, self._removed = MAX_STRAYS, MAX_PLACES, MAX_REMOVED

    def read(self, layer: Layer) -> None:
        """Look through a layer; through one that is damaged as far as it goes."""
        content = LayerContent()
        self.layers.append(content)
        search = MemberSearch(self._search)
        archive = TarStream(search.watch(layer.pieces()))
        try:
            for member in archive.members():
                self._add_hits(content, search.begin(member))
                self._look_at(content, member, archive)
            archive.drain()
        except BadArchiveError:
            return
        self._add_hits(content, search.end())
        content.digest = layer.digest

    def _look_at(self, content: LayerContent, member: TarMember, archive: TarStream) -> None:
        path = _path(member)
        folder, _, name = path.rpartition("/")
        if name.startswith(WHITEOUT):
            if self._removed:
                self._removed -= 1
                content.removed.add(
                    folder
                    if name == OPAQUE
                    else f"{folder}/{name.removeprefix(WHITEOUT)}".lstrip("/")
                )
        elif member.is_file and member.size and path != LONG_PATH:
            if stray := find_stray(path, archive.read):
                self._add_stray(content, stray, path, member.size)
            elif len(self.package_folders) < MAX_PACKAGE_FOLDERS and (
                (installed := package_folder(path)) is not None
            ):
                self.package_folders.add(installed)

    def _add_hits(self, content: LayerContent, hits: Iterator[tuple[TarMember, Hit]]) -> None:
        for member, hit in hits:
            path = _path(member)
            if hit.literal == KEY_MARK:
                if path != LONG_PATH and is_private_key(path, hit.text):
                    self._add_stray(content, Stray(KEYS, path), path, member.size)
                continue
            for name in self._names[hit.literal]:
                if self._places and (name, path) not in content.secrets:
                    self._places -= 1
                    content.secrets[name, path] = None

    def _add_stray(self, content: LayerContent, stray: Stray, path: str, size: int) -> None:
        if stray not in content.strays:
            if not self._strays:
                return
            self._strays -= 1
            content.strays[stray] = Extent(example=path)
        extent = content.strays[stray]
        extent.files += 1
        extent.size += size


def _path(member: TarMember) -> str:
    """Return the path of a member without what archives write before it."""
    path = member.name.removeprefix("./").lstrip("/")
    return path if len(path) <= MAX_PATH else LONG_PATH
