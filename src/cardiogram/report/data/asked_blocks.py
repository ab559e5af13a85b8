"""The blocks of a page that asks for them: what one holds is read from the study when it is asked.

A page in a file carries what a file may; the app's page can open every model that it shows.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import NamedTuple

from cardiogram.cards import StoredTexts
from cardiogram.report.data.data_blocks import DataBlock, make_facts, make_table
from cardiogram.report.data.payload import Payload
from cardiogram.report.data.shown_models import RatedCard, read_evidence
from cardiogram.report.data.texts import CUTS, cut_text
from cardiogram.store import Study

_FACTS, _TEXTS = 16, 4
"""Models whose evidence, and cards whose texts, are one block: they lie all over a study."""

_KEPT = 64
_NAME = re.compile(r"(facts|texts)-(0|[1-9]\d{0,8})", re.ASCII)


class _Opened(NamedTuple):
    """What of a model is kept until it is opened."""

    card: RatedCard
    shard: str
    problems: tuple[str, ...]


class AskedBlocks:
    """Gives blocks by name; the table is made at once, the last others that were asked are kept.

    Parameters
    ----------
    payload
        Of the study, with the cards that are compared. It is not kept: it has 2 kB a model.
    """

    def __init__(self, study: Study, payload: Payload) -> None:
        self._study, self._judge = study, payload.judge
        self._models = [_Opened(each.card, each.shard, each.problems) for each in payload.models]
        self._permitted, self._evidence = payload.permitted, payload.evidence
        self._texts = StoredTexts(study)
        self._turn = threading.Lock()
        places = {sha: place for place, sha in enumerate(payload.permitted)}
        starts = range(0, len(places), _TEXTS)
        self._table = DataBlock.of("table", make_table(payload, places, starts, _FACTS)).data
        self._make = lru_cache(_KEPT)(self._read)

    def find(self, name: str) -> bytes | None:
        """A block; None where there is none of this name.

        Raises
        ------
        DataError
            The study cannot be read any more.
        """
        if name == "table":
            return self._table
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        with self._turn:
            return self._make(match[1], int(match[2]))

    def _read(self, kind: str, number: int) -> bytes | None:
        rows = self._read_facts(number) if kind == "facts" else self._read_texts(number)
        return DataBlock.of(kind, rows).data if rows else None

    def _read_facts(self, number: int) -> list[object]:
        models = self._models[number * _FACTS :][:_FACTS]
        evidence = dict(self._evidence)
        if unread := {model.card for model in models if self._judge} - evidence.keys():
            shards = {model.shard for model in models}
            evidence |= read_evidence(self._study, self._judge, unread, shards, self._texts)
        return [make_facts(model.problems, evidence.get(model.card, ())) for model in models]

    def _read_texts(self, number: int) -> list[object]:
        hashes = self._permitted[number * _TEXTS :][:_TEXTS]
        cards = dict(self._texts.find(hashes))
        read = [cut_text(cards[sha], CUTS[0]) if sha in cards else None for sha in hashes]
        return [[text.text, text.bytes, text.cut] if text else ["", 0, False] for text in read]
