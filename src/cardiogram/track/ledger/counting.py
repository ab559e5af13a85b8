"""Ask the Hub what it counts of models, in as few calls as that takes.

The models whose counters are of interest themselves are asked for by name, since the list has no
count of what was derived from them. Donors come from lists: first the one that they were chosen
from, for as long as its pages hold some, then those of authors with several; others by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import islice

from cardiogram.cards import is_transient
from cardiogram.errors import CardNotFound, HubError
from cardiogram.hub import (
    Failure,
    HubSession,
    Page,
    Query,
    ask_discussed,
    ask_past_file,
    list_counters,
    read_counters,
)
from cardiogram.store import Row
from cardiogram.track.ledger.model_ledger import Watched

_AT_ONCE = 64  # models asked for by name between two writes
_PATIENCE = 20  # models that may be missing for each further page that brings none of them
_COUNTERS = ("downloads", "downloads_all_time", "likes")
_AGAIN = "Run the same command again later; it goes on where it stopped."


@dataclass(frozen=True, slots=True)
class Counting:
    """How to ask.

    Attributes
    ----------
    query
        The list that the donors were chosen from.
    earlier
        Rows of the snapshot before, by the Hub's ids: a card is the same while the commit is.
    keeps_names
        Whether a row has the name that was asked for, with a problem `renamed`, as in a study.
    now
        The moment to write down; None is that of each answer.
    """

    session: HubSession
    query: Query
    earlier: Mapping[str, Row]
    keeps_names: bool = False
    workers: int = 8
    now: datetime | None = None

    def rows(self, models: Sequence[Watched]) -> Iterator[list[tuple[Watched, Row]]]:
        """Rows of all of them, lot by lot.

        Raises
        ------
        HubError
            The Hub stopped answering.
        """
        left = {model.id: model for model in models if model.role == "donor"}
        for lot in self._listed(left):
            for model, _ in lot:
                del left[model.id]
            yield lot
        yield from self._named([*left.values()], self._donor)
        yield from self._named([m for m in models if m.role == "own"], self._own)

    # -- lists -----------------------------------------------------------------------------------

    def _listed(self, left: Mapping[str, Watched]) -> Iterator[list[tuple[Watched, Row]]]:
        yield from self._walk(self.query, left, len(left) // _PATIENCE)
        by_author = defaultdict(list)
        for id in left:
            by_author[id.partition("/")[0]].append(id)
        for author, ids in by_author.items():
            if len(ids) > 1:
                yield from self._walk(Query(author=author), left, 0)

    def _walk(
        self, query: Query, left: Mapping[str, Watched], patience: int
    ) -> Iterator[list[tuple[Watched, Row]]]:
        """Walk a list while its pages hold models that are left; a page costs as much as one."""
        in_vain = 0
        for page in self._pages(query) if left else ():
            lot = [
                (left[row["id"]], self._as_watched(left[row["id"]], row))
                for row in {row["id"]: row for row in page.rows}.values()
                if row["id"] in left
            ]
            in_vain = 0 if len(lot) > 1 else in_vain + 1
            if lot:
                yield lot
            if not left or in_vain > patience:
                return

    def _pages(self, query: Query) -> Iterator[Page]:
        """Pages of a list; none where a Hub has no list, as some mirrors do not."""
        with suppress(CardNotFound):
            yield from list_counters(self.session, query)

    # -- by name ---------------------------------------------------------------------------------

    def _named(
        self, models: Sequence[Watched], read: Callable[[Watched], Row]
    ) -> Iterator[list[tuple[Watched, Row]]]:
        """Ask for models by name; a whole lot without an answer means that the Hub is down."""
        size, waiting = max(_AT_ONCE, len(models) // 100), iter(models)
        with ThreadPoolExecutor(self.workers) as pool:
            while lot := list(islice(waiting, size)):
                rows = list(pool.map(read, lot))
                yield list(zip(lot, rows, strict=True))
                if len(rows) > self.workers and all(map(is_transient, rows)):
                    raise HubError(
                        f"the Hub stopped answering: the last {len(rows)} models were unreachable "
                        f"({rows[-1]['problems'][-1]})",
                        hint=_AGAIN,
                    )

    def _donor(self, model: Watched) -> Row:
        return self._as_watched(model, read_counters(self.session, model.id))

    def _own(self, model: Watched) -> Row:
        """All that the Hub counts of a model, which takes two calls, and a third after a commit."""
        row = self._donor(model)
        if not has_counters(row):
            return row
        talks = ask_discussed(self.session, row["id"])
        if talks is not None:
            row |= talks._asdict()
        before = self.earlier.get(row["hub_id"] or "", {})
        blob = before.get("readme_blob") if before.get("sha") == row["sha"] else None
        if blob is None and row["sha"]:
            file = ask_past_file(self.session, row["id"], "model", row["sha"], "README.md")
            blob = None if isinstance(file, Failure) else file.blob if file else ""
        return {**row, "readme_blob": blob}

    def _as_watched(self, model: Watched, row: Row) -> Row:
        """The row of a model, unless its name leads to another one by now."""
        row = {**row, "taken_at": self.now or datetime.now(timezone.utc)}
        if model.hub_id and row["hub_id"] not in (None, model.hub_id):
            nothing = dict.fromkeys(row)
            row = {**nothing, "taken_at": row["taken_at"], "problems": ["replaced"]}
        row["hub_id"] = row["hub_id"] or model.hub_id
        if row["id"] is None:
            row["id"] = model.id
        elif self.keeps_names and row["id"] != model.id:
            row |= {"id": model.id, "problems": [*row["problems"], f"renamed: {row['id']}"]}
        return row


def has_counters(row: Row) -> bool:
    """Whether a row says anything of what is counted."""
    return any(row[name] is not None for name in _COUNTERS)
