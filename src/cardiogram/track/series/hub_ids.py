"""Which repository a name was on a day: the Hub's id joins names, and only it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.resampling import Integers


@dataclass(frozen=True, slots=True)
class Sighting:
    """A repository's name on a day, as a source with the Hub's ids has it."""

    hub_id: str
    name: str
    day: int


@dataclass(frozen=True, slots=True)
class HubIds:
    """What is known of names: on which days which repository bore them.

    Attributes
    ----------
    sighted
        Days and names of each repository, in the order of the days.
    bearers
        Repositories that ever bore a name.
    created
        Day on which a repository was made, where that is known.
    """

    sighted: Mapping[str, tuple[Integers, tuple[str, ...]]]
    bearers: Mapping[str, Sequence[str]]
    created: Mapping[str, int]

    @classmethod
    def of(cls, sightings: Iterable[Sighting], created: Mapping[str, int]) -> HubIds:
        """Order sightings by repository and by name."""
        by_id: defaultdict[str, dict[int, str]] = defaultdict(dict)
        bearers: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for sighting in sightings:
            by_id[sighting.hub_id].setdefault(sighting.day, sighting.name)
        for hub_id, days in by_id.items():
            for name in days.values():
                bearers[name][hub_id] = None
        sighted = {
            key: (np.array(sorted(days), dtype=np.int64), tuple(days[d] for d in sorted(days)))
            for key, days in by_id.items()
        }
        return cls(sighted, {name: list(ids) for name, ids in bearers.items()}, created)

    def bearers_on(self, name: str, days: Integers) -> tuple[list[str], Integers]:
        """Who bore `name` on each day, as places among the keys that are given back first.

        The name itself stands where none is known to. Between two sightings a repository may have
        had the name of either.
        """
        bearers = [name, *self.bearers.get(name, ())]
        borne = np.zeros(days.size, dtype=np.int64)
        distance = np.full(days.size, np.iinfo(np.int64).max)
        for place, hub_id in enumerate(bearers[1:], 1):
            bore, away = self._bore(hub_id, name, days)
            bore &= (days >= self.created.get(hub_id, 0)) & (away < distance)
            borne[bore], distance[bore] = place, away[bore]
        return bearers, borne

    def latest(self, name: str) -> str:
        """The repository that bore a name last; the name itself where none is known to."""
        last = {
            hub_id: int(self.sighted[hub_id][0][-1])
            for hub_id in self.bearers.get(name, ())
            if self.sighted[hub_id][1][-1] == name
        }
        return max(last, key=lambda hub_id: last[hub_id]) if last else name

    def names_of(self, hub_id: str) -> set[str]:
        """All names that a repository ever bore."""
        return set(self.sighted[hub_id][1]) if hub_id in self.sighted else set()

    def name_on(self, hub_id: str, day: int) -> str | None:
        """A repository's name on a day: the last that was sighted, or else the first."""
        if hub_id not in self.sighted:
            return None
        days, borne = self.sighted[hub_id]
        return borne[max(0, int(np.searchsorted(days, day, side="right")) - 1)]

    def _bore(
        self, hub_id: str, name: str, days: Integers
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Whether a repository may have borne a name on each day; days to its nearest sighting."""
        sighted, borne = self.sighted[hub_id]
        before = np.searchsorted(sighted, days, side="right") - 1
        after = np.minimum(np.searchsorted(sighted, days), sighted.size - 1)
        bears = np.array([n == name for n in borne])
        was, will = bears[np.maximum(before, 0)], bears[np.where(before < 0, 0, after)]
        its = sighted[bears]
        away = np.abs(days[:, None] - its[None, :]).min(axis=1)
        between = was & will & (before >= 0) & (days <= sighted[-1])
        return was | will, np.where(between, 0, away)
