"""Check that every shard is there once, and that all come from the same split, run and image."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.report.words import join_names, unique
from rehearsal.results.shard import WHOLE_SUITE, parse_shard, shard_title
from rehearsal.verdict import Problem, Verdict

NO_IMAGE = "no image ID"


def check_completeness(shards: Sequence[ShardEvidence], expected: int) -> Iterator[Problem]:
    """Yield the problems of the shards as a whole, even where every shard passed."""
    readable = [shard for shard in shards if shard.readable]
    yield from _check_count(shards, readable, expected)
    yield from _check_split(readable, expected)
    yield from _check_origins(readable)
    yield from _check_images(readable)


def _check_count(
    shards: Sequence[ShardEvidence], readable: Sequence[ShardEvidence], expected: int
) -> Iterator[Problem]:
    missing = expected - len(shards)
    if missing > 0:
        titles = _missing_titles(readable, expected)
        named = f" Missing: {join_names(titles)}." if len(titles) == missing else ""
        yield Problem(
            Verdict.CANCELLED,
            f"Evidence was found for only {len(shards)} of {expected} rehearsals.{named}",
            hint="A job ended before its evidence was uploaded: it was cancelled, ran out of "
            "time, lost its runner, or failed in a step before the rehearsal. Look at that job's "
            "log. If every job passed, set the input evidence: always in its step.",
        )
    if missing < 0:
        yield Problem(
            Verdict.MISCONFIGURED,
            f"Evidence of {len(shards)} rehearsals was found, but {expected} were expected: "
            f"{join_names(shard.name for shard in shards)}.",
            hint="Download only the artifacts of this workflow's own shards, and set --expect to "
            "their number: the shards, times the browsers.",
        )


def _check_split(readable: Sequence[ShardEvidence], expected: int) -> Iterator[Problem]:
    counts = {_shard_count(shard) for shard in readable}
    if len(counts) > 1:
        parts = (f"{shard.name} is {shard.result.shard or 'the whole suite'}" for shard in readable)
        yield Problem(
            Verdict.MISCONFIGURED,
            f"The shards do not come from the same split: {join_names(parts)}.",
            hint="Give every job the same number after the slash in the input shard, for "
            "example 1/4 to 4/4.",
        )
        return
    count = max(counts, default=1)
    if expected % count:
        yield Problem(
            Verdict.MISCONFIGURED,
            f"{expected} rehearsals were expected, but {expected} is not a multiple of the "
            f"{count} shards.",
            hint="Set --expect to the number of rehearsals: the shards, times the browsers.",
        )
        return
    # Where a browser has no name, only the count shows that a shard is there too often.
    named = Counter((shard.result.shard, shard.browser) for shard in readable if shard.browser)
    in_all_browsers = Counter((shard.result.shard, "") for shard in readable)
    for found, allowed in ((named, 1), (in_all_browsers, expected // count)):
        for (part, browser), times in found.items():
            if times > allowed:
                yield _repeated(readable, part, browser)


def _repeated(readable: Sequence[ShardEvidence], part: str, browser: str) -> Problem:
    same = [
        shard for shard in readable if shard.result.shard == part and browser in {"", shard.browser}
    ]
    return Problem(
        Verdict.MISCONFIGURED,
        f"{shard_title(part, browser) or 'The whole suite'} was run {len(same)} times: "
        f"{join_names(shard.name for shard in same)}.",
        hint="Give each job of the matrix its own shard and browser. Otherwise some tests run "
        "twice and others never.",
    )


def _check_origins(readable: Sequence[ShardEvidence]) -> Iterator[Problem]:
    for what, values in (
        ("workflow runs", unique(shard.result.origin.run for shard in readable)),
        ("commits", unique(shard.result.origin.commit for shard in readable)),
    ):
        if len(values) > 1:
            yield Problem(
                Verdict.MISCONFIGURED,
                f"The shards come from different {what}: {join_names(values)}.",
                hint="Merge only the artifacts of one workflow run.",
            )


def _check_images(readable: Sequence[ShardEvidence]) -> Iterator[Problem]:
    titles: dict[str, list[str]] = defaultdict(list)
    for shard in readable:
        # In another image store an image has another ID. A rehearsal that failed before the image
        # was built may have none.
        image = shard.result.image_config or shard.result.image_id
        if image or shard.result.verdict is Verdict.PASSED:
            titles[image or NO_IMAGE].append(shard.title)
    if len(titles) > 1 or NO_IMAGE in titles:
        images = "; ".join(f"{image} in {join_names(names)}" for image, names in titles.items())
        yield Problem(
            Verdict.ERROR,
            f"The shards did not all rehearse the same image: {images}.",
            hint="A pass in one shard proves nothing about the image of another. Build the image "
            "once, and give it to every job with the input image.",
        )


def _missing_titles(readable: Sequence[ShardEvidence], expected: int) -> list[str]:
    """Return the titles of the missing shards, as far as the others tell."""
    counts = {_shard_count(shard) for shard in readable}
    browsers = unique(shard.browser for shard in readable)
    count = max(counts, default=1)
    if len(counts) != 1 or count * max(1, len(browsers)) != expected:
        return []
    there = {(shard.result.shard, shard.browser) for shard in readable}
    parts = [f"{number}/{count}" for number in range(1, count + 1)] if count > 1 else [""]
    wanted = ((part, browser) for browser in browsers or [""] for part in parts)
    return [shard_title(*each) for each in wanted if each not in there]


def _shard_count(shard: ShardEvidence) -> int:
    _, count = parse_shard(shard.result.shard) or WHOLE_SUITE
    return count
