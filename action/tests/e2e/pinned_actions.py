"""The actions of others that workflows use, by their pins, and the stand-ins in their place."""

from pathlib import Path

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
UPLOAD_ARTIFACT = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"
DOWNLOAD_ARTIFACT = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"
CACHE = "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae"
SETUP_BUILDX = "docker/setup-buildx-action@37fe631027851001ddb9b187196cc803df7f5f0e"
BUILD_PUSH = "docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a"
LOGIN = "docker/login-action@4907a6ddec9925e35a0a9e82d7399ccc52663121"
ATTEST = "actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6"
STAND_INS = (
    *(CHECKOUT, UPLOAD_ARTIFACT, DOWNLOAD_ARTIFACT, CACHE),
    *(SETUP_BUILDX, BUILD_PUSH, LOGIN, ATTEST),
)

_FOLDER = Path(__file__).parent / "stand_ins"


def lay_out(place: Path) -> dict[str, Path]:
    """Copy the stand-ins below `place` and return pin → folder.

    act copies the whole folder for every use: it gets none of the packages, which NODE_PATH finds.
    """
    return {pin: _copy(pin.partition("/")[2].partition("@")[0], place) for pin in STAND_INS}


def _copy(name: str, place: Path) -> Path:
    copy = place / name
    copy.mkdir(parents=True)
    for file in (_FOLDER / "inputs.js", *(_FOLDER / name).iterdir()):
        if file.name == "action.yml" or file.suffix == ".js":
            (copy / file.name).write_bytes(file.read_bytes())
    return copy
