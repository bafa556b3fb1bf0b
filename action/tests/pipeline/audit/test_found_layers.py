from rehearsal.audit.observations import LayerFile, SecretPlace
from rehearsal.audit.stray_files import CACHES, GIT, KEYS, TESTS, Stray
from rehearsal.pipeline.audit.found_layers import FoundLayers
from rehearsal.pipeline.audit.layer_scan import Extent, LayerContent, LayerScan

CACHE = {Stray(CACHES, "a/.tox"): Extent(example="a/.tox/b/c", files=2, size=7)}


def found(
    *contents: LayerContent,
    digests: tuple[str, ...] = ("1", "2", "3"),
    commands: tuple[str, ...] = ("FROM", "COPY", "RUN"),
    package_folders: frozenset[str] = frozenset(),
) -> FoundLayers:
    scan = LayerScan({})
    scan.layers += contents
    scan.package_folders |= package_folders
    return FoundLayers(scan, digests, commands)


def test_files__numbers_and_commands_whatever_the_order() -> None:
    layers = found(
        LayerContent(digest="3", strays=CACHE, secrets={("KEY", "k"): None}),
        LayerContent(digest="1", strays=CACHE, secrets={("KEY", "k"): None}),
    )
    assert [*layers.files()] == [
        LayerFile(path="/a/.tox", kind=CACHES, layer=1, made_by="FROM", files=2, size=7),
        LayerFile(path="/a/.tox", kind=CACHES, layer=3, made_by="RUN", files=2, size=7),
    ]
    assert [*layers.secrets()] == [
        SecretPlace(name="KEY", place="/k", layer=1, made_by="FROM"),
        SecretPlace(name="KEY", place="/k", layer=3, made_by="RUN"),
    ]
    assert layers.unread == [2]


def test_files__of_a_layer_that_was_not_read_to_its_end() -> None:
    layers = found(LayerContent(strays=CACHE), LayerContent(digest="odd", strays=CACHE))
    assert {(file.layer, file.made_by, file.removed_by) for file in layers.files()} == {(0, "", 0)}
    assert layers.unread == [1, 2, 3]


def test_files__of_equal_layers_the_first_counts() -> None:
    layers = found(LayerContent(digest="2", strays=CACHE), digests=("1", "2", "2"), commands=())
    assert [(file.layer, file.made_by) for file in layers.files()] == [(2, "")]
    assert layers.unread == [1]


def test_files__removed_by_a_later_layer() -> None:
    for removed, layer in {
        "a/.tox/b/c": 3,
        "a/.tox": 3,
        "a": 3,
        "": 3,
        "a/.tox/b/d": 0,
        "a/.to": 0,
    }.items():
        layers = found(
            LayerContent(digest="1", removed={"a"}),
            LayerContent(digest="2", strays=CACHE, removed={"a"}),
            LayerContent(digest="3", removed={removed}),
        )
        assert [file.removed_by for file in layers.files()] == [layer], removed


def test_files__of_packages_in_a_folder_of_the_project() -> None:
    strays = {
        Stray(kind, path): Extent(example=path)
        for kind, path in (
            (TESTS, "task/numpy/tests"),
            (KEYS, "task/certs/key.pem"),
            (TESTS, "task/tests.py"),
            (GIT, "task/app/.git"),
        )
    }
    layers = found(LayerContent(digest="1", strays=strays), package_folders=frozenset({"task/"}))
    assert [file.path for file in layers.files()] == ["/task/tests.py", "/task/app/.git"]
