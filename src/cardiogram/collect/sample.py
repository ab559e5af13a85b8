"""Which of the listed models are studied: the top of the list, or a stratified sample of it.

The draw is by hash: within a stratum the models with the smallest SHA-256 of seed and id. It is
the same on every machine and does not depend on the order of the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from heapq import nsmallest
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

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
    ids = pa.array([row["id"] for row in unique], pa.string())
    downloads = pa.array([row["downloads"] for row in unique], pa.int64())
    tasks = pa.array([row["pipeline_tag"] for row in unique], pa.string())
    drawn = draw(ids, downloads, tasks, sample, limit)
    return [unique[place] | {"stratum": of, "weight": weight} for place, of, weight in drawn]


def draw(
    ids: pa.Array, downloads: pa.Array, tasks: pa.Array, sample: Sample, limit: int | None
) -> Iterator[tuple[int, str, float]]:
    """Choose among models with different ids.

    Yields
    ------
    tuple
        Place, stratum and weight of each that is chosen, in the order of the places.
    """
    size = len(ids)
    if sample.method == "top" or limit is None or limit >= size:
        yield from ((place, "all", 1.0) for place in range(min(size, limit or size)))
        return
    strata = _strata(ids, downloads, tasks)
    sizes = _allocate({name: len(places) for name, places in strata.items()}, limit)
    stands_for = _cover({name: len(places) for name, places in strata.items()}, sizes)
    chosen: list[tuple[int, str, float]] = []
    for name, wanted in sizes.items():
        places = strata[name]
        named = zip(ids.take(pa.array(places)).to_pylist(), places.tolist(), strict=True)
        ranked = nsmallest(wanted, ((sha256(f"{sample.seed}:{id}"), place) for id, place in named))
        chosen += [(place, name, stands_for[name] / wanted) for _, place in ranked]
    yield from sorted(chosen)


def _strata(ids: pa.Array, downloads: pa.Array, tasks: pa.Array) -> dict[str, NDArray[np.int64]]:
    """Decile of downloads (10 is the most downloaded) and task; ties are broken by id."""
    order = pc.sort_indices(
        pa.table({"downloads": pc.fill_null(downloads, 0), "id": pc.fill_null(ids, "")}),
        sort_keys=[("downloads", "ascending"), ("id", "ascending")],
    ).to_numpy()
    deciles = np.empty(len(ids), np.int64)
    deciles[order] = np.arange(len(ids)) * DECILES // len(ids) + 1
    shown = pc.if_else(pc.equal(pc.fill_null(tasks, ""), ""), "no task", tasks)
    tasks = shown.dictionary_encode()
    codes = deciles * len(tasks.dictionary) + tasks.indices.to_numpy()
    strata: dict[str, NDArray[np.int64]] = {}
    for code in np.unique(codes).tolist():
        decile, task = divmod(code, len(tasks.dictionary))
        strata[f"d{decile:02}/{tasks.dictionary[task].as_py()}"] = np.flatnonzero(codes == code)
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
