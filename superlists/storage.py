"""How static files are kept once they are collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # no stubs
    """Hash and compress static files; link a file that was not collected by its plain name.

    A page without its style sheet is better than a 500 on every page, the 500 page included.
    """

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """Give the hashed name, or the plain one for a file that was not collected."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
