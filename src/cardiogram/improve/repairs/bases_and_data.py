"""Ids of the metadata that are none: places on a disk, 4-bit copies, loaders of files."""

from __future__ import annotations

import re

from cardiogram.improve.draft import Sentence
from cardiogram.improve.operations import Operation, RemoveMetadata, SetMetadata
from cardiogram.improve.repairs.body_lines import LineSpan
from cardiogram.improve.repairs.seen_card import WRITERS, Repairs, SeenCard, is_proven
from cardiogram.improve.repairs.template_words import question, repair, template_words
from cardiogram.lazy import regex
from cardiogram.repository import Fact

_LOCAL = regex(r"^[./~\\]|^\w:[\\/]|\\|^[^/]+/[^/]+/|\.(?:jsonl?|csv|parquet|txt|tsv|arrow)$")
_COPY = regex(r"-(?:unsloth-)?bnb-[48]bit$", re.IGNORECASE)
_ORIGINAL = "the original of "
_UNNAMED = "Unnamed Dataset"


def base_model(seen: SeenCard) -> Repairs:
    """A base model that is a place on a disk, a 4-bit copy, the model itself, or not there."""
    stated = _ids(seen, "base_model")
    if not stated:
        return
    now, wrong, proof = [], list[str](), list[Fact]()
    for id in stated:
        facts = _instead(seen, id, stated)
        if facts is None:
            now.append(id)
        elif facts:
            now.append(str(facts[0].value))
            wrong.append(id)
            proof += facts[:1]
        else:
            now.append(id)
            if not _is_asked(seen, id):
                yield question("base-model")
    now = list(dict.fromkeys(now))
    if now == list(stated) or not proof:
        return
    single = isinstance(seen.view.card.metadata.values.get("base_model"), str)
    operations = [SetMetadata("base_model", now[0])] if single else _list_of("base_model", now)
    sentences = [Sentence(str(fact.value), (fact,)) for fact in proof if is_proven(fact)]
    yield repair("base-model", operations, sentences, _wrong_with(seen, wrong[0]))


def _is_asked(seen: SeenCard, id: str) -> bool:
    """Whether the id is contradicted, which is a question of its own, or was kept by the author."""
    known = (*seen.view.contradictions, *seen.view.kept)
    return any(each.kind == "base_model" and each.statement.value == id for each in known)


def _wrong_with(seen: SeenCard, id: str) -> str:
    """Why an id is not that of the original."""
    if _COPY.search(id):
        return f"{id!r} is a quantised copy."
    if id == "None" or _LOCAL.search(id):
        return f"{id!r} is no id of the Hub."
    return f"{id!r} is {'this model itself' if id == seen.id else 'not on the Hub'}."


def _ids(seen: SeenCard, key: str) -> list[str]:
    """Ids of the front matter; none where anything else stands there, too."""
    value = seen.view.card.metadata.values.get(key)
    ids = value if isinstance(value, list) else [value]
    plain = [id for id in ids if isinstance(id, str) and id]
    return plain if seen.view.card.front_matter is not None and len(plain) == len(ids) else []


def _instead(seen: SeenCard, id: str, stated: list[str]) -> list[Fact] | None:
    """Facts on the model that belongs there; None where the id is right."""
    if _COPY.search(id):
        originals = [f for f in seen.named("base_model") if f.note.startswith(f"{_ORIGINAL}{id},")]
        return originals or None
    if not (id in ("None", seen.id) or _LOCAL.search(id) or seen.is_there(id) is False):
        return None
    known = {str(fact.value): fact for fact in seen.bases}
    new = len(known) == 1 and not known.keys() & set(stated)
    return list(known.values()) if new else []


def data_ids(seen: SeenCard) -> Repairs:
    """Loaders and local files where the metadata name data sets."""
    stated = _ids(seen, "datasets")
    if not stated or not seen.makers & WRITERS:
        return
    loaders = template_words().loaders
    wrong = [id for id in stated if id.lower() in loaders or _LOCAL.search(id)]
    if not wrong:
        return
    known = [fact for fact in seen.data if str(fact.value) not in stated]
    ids = [id for id in stated if id not in wrong] + [str(fact.value) for fact in known]
    if not known:
        yield question("training-data")
    local = all(_LOCAL.search(id) for id in wrong)
    if known or local:  # a place on a disk is no id, whatever the data are
        sentences = [Sentence(str(fact.value), (fact,)) for fact in known]
        yield repair("data-loader", _list_of("datasets", ids), sentences)


def _list_of(key: str, items: list[str]) -> list[Operation]:
    """A list in the place of the value that a key has; no list where there are no items."""
    new: list[Operation] = [SetMetadata(key, tuple(items))] if items else []
    return [RemoveMetadata(key), *new]


def data_heading(seen: SeenCard) -> Repairs:
    """The heading that Sentence Transformers gives to data without a name."""
    if "sentence_transformers" not in seen.makers:
        return
    places = [n for n, line in seen.text_lines("heading") if line.strip("# ") == _UNNAMED]
    if not places:
        return
    if len(seen.data) == 1 == len(places):
        (number,), (data,) = places, seen.data
        line = seen.body.lines[number].replace(_UNNAMED, str(data.value))
        operations = seen.body.replaced([(LineSpan(number, number), (line,))])
        sentences = [Sentence(str(data.value), (data,))] if is_proven(data) else []
        yield repair("data-heading", operations, sentences)
    else:
        yield question("training-data")
