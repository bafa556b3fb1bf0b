"""What an attestation is about: a line for each repository, as actions/attest reads them."""

from rehearsal.commands.publish.predicate_command import subjects

ONE, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


def test_subjects__are_repositories_by_their_digest() -> None:
    digests = {"ghcr.io/owner/app:1.2.3": ONE, "localhost:5000/app:1.2.3": OTHER}
    assert subjects(digests) == (f"{'1' * 64}  ghcr.io/owner/app\n{'2' * 64}  localhost:5000/app\n")


def test_subjects__two_tags_of_one_repository_are_one_subject() -> None:
    digests = {"ghcr.io/owner/app:1.2.3": ONE, "ghcr.io/owner/app:latest": ONE}
    assert subjects(digests) == f"{'1' * 64}  ghcr.io/owner/app\n"


def test_subjects__names_are_whole() -> None:
    assert subjects({"owner/app:1": ONE}) == f"{'1' * 64}  docker.io/owner/app\n"
