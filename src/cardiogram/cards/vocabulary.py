"""The Hub's own lists of licences, tasks, libraries and languages, shipped with their date."""

from __future__ import annotations

import json
from functools import cache

from cardiogram.names import DATA
from cardiogram.records import NamedTuple

_ISO_639_2 = """
alb arm baq bur chi cze dut fre geo ger gre ice mac mao may per rum slo tib wel afa alg apa art ath
aus bad bai bat ber bih bnt btk cai cau cel cmc cpe cpf cpp crp cus day dra fiu gem him ijo inc ine
ira iro kar khi kro map mkh mno mun myn nah nai nic nub oto paa phi pra roa sai sal sem sgn sio sit
sla smi son ssa tai tup tut wak wen ypk znd
"""
"""Codes of ISO 639-2 that 639-3 lacks, which the Hub takes: bibliographic ones and families."""


class Vocabulary(NamedTuple):
    """What the Hub accepts as metadata; ids as keys, readable names as values.

    Attributes
    ----------
    date
        Day on which the lists were taken.
    language_codes
        ISO 639-1, 639-2 and 639-3 codes together.
    subtasks, relations
        Values of `task_ids` and of `base_model_relation`.
    """

    date: str
    licenses: dict[str, str]
    tasks: frozenset[str]
    libraries: frozenset[str]
    languages: dict[str, str]
    language_codes: frozenset[str]
    subtasks: frozenset[str]
    relations: frozenset[str]


@cache
def load_vocabulary() -> Vocabulary:
    """The vendored lists (made by tools/vendor_vocabulary.py)."""
    file = DATA / "hub" / "vocabulary.json"
    data = json.loads(file.read_text("utf-8"))
    languages: dict[str, str] = data["languages"]
    return Vocabulary(
        date=data["date"],
        licenses=data["licenses"],
        tasks=frozenset(data["tasks"]),
        libraries=frozenset(data["libraries"]),
        languages=languages,
        language_codes=frozenset(languages)
        | frozenset(" ".join(data["languages_iso639_3"]).split())
        | frozenset(_ISO_639_2.split())
        | {"code", "multilingual"},
        subtasks=frozenset(name for task in data["tasks"].values() for name in task["subtasks"]),
        relations=frozenset(data["base_model_relations"]),
    )
