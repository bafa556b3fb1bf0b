"""Compare the ratios of a run with those of an earlier one; never its seconds."""

from collections.abc import Iterator, Mapping, Sequence

from bench.measure import Row

# Smaller differences are noise.
MAX_RISE = 0.20

Ratios = Mapping[str, Mapping[str, float]]


def ratios(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Return ours by each other contender, for each row; less is better, whatever the unit."""
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        for name in row.others:
            ratio = row.ratio(name)
            if ratio is not None:
                shown = 1 / ratio if row.more_is_better and ratio else ratio
                found.setdefault(row.id, {})[name] = round(shown, 4)
    return found


def worsened(baseline: Ratios, now: Ratios) -> Iterator[str]:
    """Yield a sentence for each ratio that is worse by more than a fifth, or was not measured."""
    for identity, others in baseline.items():
        for name, before in others.items():
            after = now.get(identity, {}).get(name)
            if after is None:
                if identity in now:
                    yield f"{identity}: {name} was not measured."
            elif after > before * (1 + MAX_RISE):
                by = (after / before - 1) * 100
                yield f"{identity}: {after:.2f} of {name}; it was {before:.2f} ({by:.0f} % worse)."
