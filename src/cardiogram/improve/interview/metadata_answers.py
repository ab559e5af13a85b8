"""Answers that are values of the metadata: what the Hub takes, and what files do not deny."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from cardiogram.cards import load_vocabulary
from cardiogram.improve.draft import DraftChange, Sentence, apply_changes, contradiction_key
from cardiogram.improve.interview.asking import Wanted
from cardiogram.improve.operations import AddMetadata, Operation, RemoveMetadata, SetMetadata
from cardiogram.improve.view import README, DraftView, read_card
from cardiogram.lazy import regex
from cardiogram.repository import FactSource
from cardiogram.repository.contradictions import find_contradictions

_ID = regex(r"[\w.-]{1,96}/[\w.-]{1,96}")
_APART = regex(r"[,;\s]+")
_OF_OTHER = ("license_name", "license_link")
_SINGLE = ("license", "pipeline_tag", "library_name")
_NEAR, _LIKE = 3, 0.6
_AUTHORS = ("licence", "licence_name")
"""Kinds of contradictions that are the author's decision, which is asked for by itself."""
_NO_TEXT = regex(r".*(?:classification|detection|segmentation|estimation|forecasting)|fill-mask")
"""Tasks of which the answer is no text."""
_TEXT = regex(r"text-generation|text2text-generation|summarization|translation|fill-mask")
_DENIES = {
    "CAUSAL_LM": _NO_TEXT,
    "SEQ_2_SEQ_LM": _NO_TEXT,
    "text-generation": _NO_TEXT,
    "text2text-generation": _NO_TEXT,
    "SEQ_CLS": _TEXT,
    "TOKEN_CLS": _TEXT,
}
"""Tasks that a model is not made for, by the task that a file names: the Hub's, or PEFT's."""


def into_metadata(view: DraftView, known: Wanted, text: str) -> DraftChange | str | None:
    """The change that puts an answer into the front matter, or why it is not taken."""
    values = tuple(part for part in _APART.split(text.strip().strip(".")) if part)
    takes = _taken(known.key)
    if takes is not None:
        values = tuple(value.lower() for value in values)
        odd = [value for value in values if value not in takes.values()]
    else:
        odd = [value for value in values if not _ID.fullmatch(value)]
    single = known.key in _SINGLE
    if odd or not values or (single and len(values) > 1):
        unheard = [text] if single or not odd else odd
        near = _nearest(unheard, _named(view, known.key) if takes is None else takes)
        meant = f": do you mean {' or '.join(near)}?" if near else "."
        return f"The answer {known.id!r} is no {known.key} that the Hub takes: {text!r:.60}{meant}"
    had = view.card.metadata.values.get(known.key)
    present = had if isinstance(had, list) else [had]
    if all(value in present for value in values):
        return None
    operations: tuple[Operation, ...]
    if known.key == "license":
        operations = set_licence(view, values[0])
    elif single or (known.key == "base_model" and len(values) == 1 and not isinstance(had, list)):
        operations = (SetMetadata(known.key, values[0]),)
    else:
        operations = (AddMetadata(known.key, values),)
    sentences = tuple(Sentence(value, answered=known.id) for value in values)
    change = DraftChange(
        f"answer:{known.id}", "answer", known.ask, operations, sentences, "metadata"
    )
    place = _denied_task(view, values[0]) if known.key == "pipeline_tag" else None
    if place := place or _denied(view, known.key, change):
        answer = f"The answer {known.id!r} is {', '.join(values):.60}"
        other = f"{place.path} says {place.value}"
        return f"{answer}; {other}: if the file is wrong, edit the card yourself."
    return change


def set_licence(view: DraftView, licence: str) -> tuple[Operation, ...]:
    """The edits that set another licence: what named and linked the one before goes."""
    of_other = [key for key in _OF_OTHER if key in view.card.metadata.values]
    gone = of_other if licence != "other" else []
    return SetMetadata("license", licence), *(RemoveMetadata(key) for key in gone)


def _taken(key: str) -> Mapping[str, str] | None:
    """What the Hub takes, by id and by readable name; None for ids of repositories."""
    known = load_vocabulary()
    readable = {"license": known.licenses, "language": known.languages}.get(key, {})
    ids: Collection[str] | None = {
        "license": known.licenses,
        "language": known.language_codes,
        "pipeline_tag": known.tasks,
        "library_name": known.libraries,
    }.get(key)
    if ids is None:
        return None
    return {**{name.lower(): id for id, name in readable.items()}, **{id: id for id in sorted(ids)}}


def _named(view: DraftView, key: str) -> Mapping[str, str]:
    """Repositories that files and the card name, by id and by name."""
    ids = {
        str(fact.value)
        for fact in view.facts.named("dataset" if key == "datasets" else key)
        if _ID.fullmatch(str(fact.value))
    }
    return {name.lower(): id for id in sorted(ids) for name in (id, id.partition("/")[2])}


def _nearest(said: Collection[str], takes: Mapping[str, str]) -> list[str]:
    """Values that may be meant: of the same name or beginning, else those that read alike."""
    near: dict[str, None] = {}
    for text in said:
        word = text.strip().strip(".").lower()
        same = [takes[word]] if word in takes else []
        begins = [takes[name] for name in takes if len(word) > 2 and name.startswith(word)]
        longer = [name for name in takes if len(name) > 3]  # any code is like any other
        alike = [takes[name] for name in get_close_matches(word, longer, _NEAR, _LIKE)]
        near |= dict.fromkeys(same or [*begins, *alike][:_NEAR])
    return list(near)[:_NEAR]


def _denied(view: DraftView, key: str, change: DraftChange) -> FactSource | None:
    """The file of the repository that says otherwise, where one of both must be false."""
    after, refused = apply_changes(view.readme, [change])
    if refused:
        return None
    had = {contradiction_key(each) for each in (*view.contradictions, *view.kept)}
    card = read_card(after, view.repository.id)
    for each in find_contradictions(card, view.facts, view.repository):
        mine = each.statement.pointer.startswith(f"/{key}") and each.kind not in _AUTHORS
        place = next(filter(_is_file, each.others), None)
        if mine and place and each.severity == "error" and contradiction_key(each) not in had:
            return place
    return None


def _denied_task(view: DraftView, task: str) -> FactSource | None:
    """The file that names another task, where a model of that kind is not made for this one."""
    for fact in view.facts.named("task"):
        tasks = _DENIES.get(str(fact.value))
        place = next(filter(_is_file, fact.sources), None)
        if tasks is not None and place and tasks.fullmatch(task):
            return place
    return None


def _is_file(place: FactSource) -> bool:
    return place.path not in ("", README) and not place.repo
