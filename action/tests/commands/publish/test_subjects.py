"""The subjects of an attestation: one line for each repository."""

from rehearsal.commands.publish.predicate_command import subject_lines

ONE, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


def test_subject_lines__one_for_each_repository() -> None:
    digests = {"ghcr.io/owner/app:1.2.3": ONE, "localhost:5000/app:1.2.3": OTHER}
    assert subject_lines(digests) == (
        f"{'1' * 64}  ghcr.io/owner/app\n{'2' * 64}  localhost:5000/app\n"
    )


def test_subject_lines__one_for_two_tags_of_a_repository() -> None:
    digests = {"ghcr.io/owner/app:1.2.3": ONE, "ghcr.io/owner/app:latest": ONE}
    assert subject_lines(digests) == f"{'1' * 64}  ghcr.io/owner/app\n"


def test_subject_lines__include_the_registry() -> None:
    assert subject_lines({"owner/app:1": ONE}) == f"{'1' * 64}  docker.io/owner/app\n"
