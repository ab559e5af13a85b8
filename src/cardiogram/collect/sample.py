"""Which of the listed models are studied: the top of the list, or a stratified sample of it.

The draw is by hash: within a stratum the models with the smallest SHA-256 of seed and id. It is
the same on every machine and does not depend on the order of the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from cardiogram.store import Row
from cardiogram.text import sha256

Method = Literal["top", "stratified"]
DECILES = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """How models are chosen from the list.

    Attributes
    ----------
    method
        "top" keeps the first models of the list; "stratified" draws equally from every decile
        of downloads and, within a decile, from every task in proportion.
    seed
        Seed of the stratified draw.
    frame
        How many listed models the stratified sample is drawn from.
    """

    method: Method = "top"
    seed: int = 0
    frame: int = 20_000

    def manifest(self) -> dict[str, object]:
        """What study.toml says of the sample."""
        return {"method": "top"} if self.method == "top" else asdict(self)


def choose(listed: Sequence[Row], sample: Sample, limit: int | None) -> list[Row]:
    """Choose the models of a study.

    Parameters
    ----------
    listed
        Rows with `id`, `downloads` and `pipeline_tag`.
    limit
        How many to choose; None chooses all.

    Returns
    -------
    list of dict
        The rows in the order of the list, each with `stratum` and `weight`, the number of
        listed models that it stands for.
    """
    first: dict[str, Row] = {}
    for row in listed:
        first.setdefault(row["id"], dict(row))
    unique = list(first.values())
    if sample.method == "top" or limit is None or limit >= len(unique):
        return [row | {"stratum": "all", "weight": 1.0} for row in unique[:limit]]
    strata = _strata(unique)
    sizes = _allocate({name: len(rows) for name, rows in strata.items()}, limit)
    stands_for = _cover({name: len(rows) for name, rows in strata.items()}, sizes)
    chosen: dict[str, Row] = {}
    for name, size in sizes.items():
        ranked = sorted(strata[name], key=lambda row: sha256(f"{sample.seed}:{row['id']}"))
        for row in ranked[:size]:
            weight = stands_for[name] / size
            chosen[row["id"]] = row | {"stratum": name, "weight": weight}
    return [chosen[row["id"]] for row in unique if row["id"] in chosen]


def _strata(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Decile of downloads (10 is the most downloaded) and task; ties are broken by id."""
    ranked = sorted(rows, key=lambda row: (row["downloads"] or 0, row["id"] or ""))
    strata: dict[str, list[Row]] = defaultdict(list)
    for rank, row in enumerate(ranked):
        decile = rank * DECILES // len(ranked) + 1
        strata[f"d{decile:02}/{row['pipeline_tag'] or 'no task'}"].append(row)
    return dict(sorted(strata.items()))


def _allocate(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """Equal shares for the deciles, shares in proportion for the tasks within one."""
    deciles: dict[str, dict[str, int]] = defaultdict(dict)
    for name, size in sizes.items():
        deciles[name.partition("/")[0]][name] = size
    shares = _level({name: sum(tasks.values()) for name, tasks in deciles.items()}, total)
    allocated: dict[str, int] = {}
    for name, tasks in deciles.items():
        allocated |= _proportional(tasks, shares[name])
    return allocated


def _cover(sizes: Mapping[str, int], shares: Mapping[str, int]) -> dict[str, float]:
    """Models that each drawn stratum stands for: those of tasks too rare to be drawn as well."""
    whole: dict[str, int] = defaultdict(int)
    drawn: dict[str, int] = defaultdict(int)
    for name, size in sizes.items():
        decile = name.partition("/")[0]
        whole[decile] += size
        drawn[decile] += size if name in shares else 0
    ratio = {decile: whole[decile] / size for decile, size in drawn.items() if size}
    return {name: sizes[name] * ratio[name.partition("/")[0]] for name in shares}


def _level(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """Equal shares of `total`, none larger than its size; what is left goes to the others."""
    shares = dict.fromkeys(sizes, 0)
    for _ in range(total):
        open_names = [name for name in sizes if shares[name] < sizes[name]]
        if not open_names:
            break
        shares[min(open_names, key=lambda name: (shares[name], name))] += 1
    return shares


def _proportional(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """Largest remainders: whole shares of `total` in proportion to the sizes."""
    whole = sum(sizes.values())
    exact = {name: total * size / whole for name, size in sizes.items()}
    shares = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (shares[name] - exact[name], name))
    for name in by_remainder[: total - sum(shares.values())]:
        shares[name] += 1
    return {name: min(share, sizes[name]) for name, share in shares.items() if share}
