"""The models that are asked for: by any name, and by the Hub's id where that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.track.ledger import ModelLedger
from cardiogram.track.series import know_hub_ids, read_all
from cardiogram.track.sources.column_mapping import ColumnMapping
from cardiogram.track.sources.source_batches import read_batches
from cardiogram.track.sources.source_kinds import SourceFile, SourceFiles

_ANY_DAY = date(2018, 1, 1)


@dataclass(frozen=True, slots=True)
class AskedModels:
    """Models by their names.

    Attributes
    ----------
    hub_ids
        The Hub's id of each name; None where it is not known.
    older
        Names that they bore before.
    """

    hub_ids: Mapping[str, str | None]
    older: frozenset[str] = frozenset()

    @classmethod
    def of(cls, ledger: ModelLedger) -> AskedModels:
        """The watched models, with all that the ledger knows of their ids and former names."""
        known = know_hub_ids(read_all(ledger, ("hub_id", "id", "day", "created_at")))
        models: dict[str, str | None] = {}
        older: set[str] = set()
        for model in ledger.watched():
            latest = known.latest(model.id)
            hub_id = model.hub_id or (latest if latest != model.id else None)
            models[model.id] = hub_id
            older.update(known.names_of(hub_id) if hub_id else ())
        return cls(models, frozenset(older - models.keys()))

    def among(self, rows: pa.Table) -> pa.Table:
        """The rows of these models."""
        ids = {*self.hub_ids, *self.older}
        hub_ids = {hub_id for hub_id in self.hub_ids.values() if hub_id}
        marks = [
            pc.is_in(rows[name], value_set=pa.array(list(wanted), rows[name].type))
            for name, wanted in (("id", ids), ("hub_id", hub_ids))
            if name in rows.column_names
        ]
        return rows.filter(marks[0] if len(marks) == 1 else pc.or_(*marks))

    def joined(self, source: SourceFiles) -> AskedModels:
        """These models with the Hub's ids that a source has beside their names.

        It is read for that once more, these two columns alone, if an id is not known.
        """
        files, mapping = source.counts, source.mapping
        if source.listing is not None and source.listed is not None:
            files, mapping = (SourceFile(source.listing),), source.listed
        unknown = {name for name, hub_id in self.hub_ids.items() if hub_id is None}
        if not unknown or not {"id", "hub_id"} <= mapping.columns.keys():
            return self
        pair = {ours: mapping.columns[ours] for ours in ("id", "hub_id")}
        both = ColumnMapping(pair, mapping.optional & pair.keys())
        joined = dict(self.hub_ids)
        for file in files:
            for rows in read_batches(SourceFile(file.path, _ANY_DAY), both, Counter()):
                ours = AskedModels(dict.fromkeys(unknown)).among(rows)
                if "hub_id" in ours.column_names:
                    pairs = zip(ours["id"].to_pylist(), ours["hub_id"].to_pylist(), strict=True)
                    joined.update(pairs)
        return AskedModels(joined, self.older)
