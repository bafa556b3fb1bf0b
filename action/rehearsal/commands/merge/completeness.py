"""The roll call: whether every shard is there, once, of one division, with one image."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.report.words import distinct, listed
from rehearsal.results.shard import WHOLE_SUITE, parse_shard, shard_title
from rehearsal.verdict import Problem, Verdict


def missing_or_repeated(legs: Sequence[ShardEvidence], expected: int) -> Iterator[Problem]:
    """Yield what is wrong with the legs together, whatever each of them says."""
    known = [leg for leg in legs if leg.known]
    yield from _number(legs, known, expected)
    yield from _division(known, expected)
    yield from _runs(known)
    yield from _images(known)


def _number(
    legs: Sequence[ShardEvidence], known: Sequence[ShardEvidence], expected: int
) -> Iterator[Problem]:
    if len(legs) < expected:
        absent = _absent(known, expected)
        named = f": {listed(absent)}" if len(absent) == expected - len(legs) else ""
        yield Problem(
            Verdict.CANCELLED,
            f"Of {expected} rehearsals only {len(legs)} left their evidence{named or '.'}"
            + (" is missing." if named and len(absent) == 1 else " are missing." if named else ""),
            hint="A job ended before its evidence was uploaded: it was cancelled, ran out of "
            "time, lost its runner, or failed in a step before the rehearsal. Look at that job's "
            "log. Where every job looks fine, its step needs the input evidence: always.",
        )
    if len(legs) > expected:
        yield Problem(
            Verdict.MISCONFIGURED,
            f"{len(legs)} rehearsals left their evidence where {expected} were expected: "
            f"{listed(leg.name for leg in legs)}.",
            hint="Download only the artifacts of this workflow's own shards, and let --expect "
            "say how many there are: the shards, times the browsers.",
        )


def _division(known: Sequence[ShardEvidence], expected: int) -> Iterator[Problem]:
    totals = {_total(leg) for leg in known}
    if len(totals) > 1:
        parts = listed(f"{leg.name} is {leg.result.shard or 'the whole'}" for leg in known)
        yield Problem(
            Verdict.MISCONFIGURED,
            f"The shards are not of one division: {parts}.",
            hint="Give every job the same number after the slash in the input shard, "
            "1/4 to 4/4 say.",
        )
        return
    total = max(totals, default=1)
    if expected % total:
        yield Problem(
            Verdict.MISCONFIGURED,
            f"{expected} rehearsals were expected, which is no multiple of the {total} shards.",
            hint="Let --expect say how many there are: the shards, times the browsers.",
        )
        return
    # Without a browser's name only the number tells that a shard is there too often.
    for often, allowed in (
        (Counter((leg.result.shard, leg.browser) for leg in known if leg.browser), 1),
        (Counter((leg.result.shard, "") for leg in known), expected // total),
    ):
        for (shard, browser), count in often.items():
            if count > allowed:
                yield _repeated(known, shard, browser)


def _repeated(known: Sequence[ShardEvidence], shard: str, browser: str) -> Problem:
    same = [leg for leg in known if leg.result.shard == shard and browser in {"", leg.browser}]
    return Problem(
        Verdict.MISCONFIGURED,
        f"{shard_title(shard, browser) or 'The whole suite'} was run {len(same)} times: "
        f"{listed(leg.name for leg in same)}.",
        hint="Each job of the matrix needs a shard and browser of its own, or some tests run "
        "twice and others never.",
    )


def _runs(known: Sequence[ShardEvidence]) -> Iterator[Problem]:
    for what, found in (
        ("workflow runs", distinct(leg.result.origin.run for leg in known)),
        ("commits", distinct(leg.result.origin.commit for leg in known)),
    ):
        if len(found) > 1:
            yield Problem(
                Verdict.MISCONFIGURED,
                f"The shards are of different {what}: {listed(found)}.",
                hint="Merge the artifacts of one workflow run alone.",
            )


def _images(known: Sequence[ShardEvidence]) -> Iterator[Problem]:
    found: dict[str, list[str]] = defaultdict(list)
    for leg in known:
        # Without one there was nothing to test; only what passed has to have one.
        if leg.result.image_id or leg.result.verdict is Verdict.PASSED:
            found[leg.result.image_id or "no image ID"].append(leg.title)
    if len(found) > 1 or "no image ID" in found:
        told = "; ".join(f"{image} in {listed(titles)}" for image, titles in found.items())
        yield Problem(
            Verdict.ERROR,
            f"The shards did not all rehearse the same image: {told}.",
            hint="What passed in one shard says nothing of another's image. Build it once, and "
            "hand the very same to every job with the input image.",
        )


def _absent(known: Sequence[ShardEvidence], expected: int) -> list[str]:
    """Return who must be missing, as far as the others tell."""
    totals, browsers = {_total(leg) for leg in known}, distinct(leg.browser for leg in known)
    total = max(totals, default=1)
    if len(totals) != 1 or total * max(1, len(browsers)) != expected:
        return []
    there = {(leg.result.shard, leg.browser) for leg in known}
    parts = [f"{number}/{total}" for number in range(1, total + 1)] if total > 1 else [""]
    wanted = ((part, browser) for browser in browsers or [""] for part in parts)
    return [shard_title(*each) for each in wanted if each not in there]


def _total(leg: ShardEvidence) -> int:
    _, total = parse_shard(leg.result.shard) or WHOLE_SUITE
    return total
