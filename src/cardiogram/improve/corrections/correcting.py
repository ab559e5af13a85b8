"""Certain contradictions, mended where one value is proven and the card then says it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from cardiogram.improve.corrections.conclusions import builds_on
from cardiogram.improve.corrections.restated import restate
from cardiogram.improve.draft import DraftChange, Sentence, apply_changes
from cardiogram.improve.operations import ReplaceLines
from cardiogram.improve.view import README, DraftView, read_card
from cardiogram.lazy import regex
from cardiogram.repository import Contradiction, Fact, FactSource, Statement, Value
from cardiogram.repository.contradictions import find_contradictions
from cardiogram.repository.statements import read_statements

_NEVER = frozenset({"licence", "licence_name", "dataset_licence", "file", "gated", "log"})
"""Kinds that only the author settles: a licence is a decision, a file may be meant to come."""
_SPEAKS = {"architecture": ("architecture", "model_type", "pipeline"), "dtype": ("dtype",)}
_NUMBER = regex(r"\d+(?:[.,]\d+)?(?![.,]?\d)")
_END = regex(r"[.!?]\s")
_CRITERIA = {
    "repository": "usage",
    "chat_template": "usage",
    "dataset": "data",
    "dataset_rows": "data",
    "train_samples": "data",
    "metric": "evaluation",
    "eval_result": "evaluation",
    "architecture": "identity",
    "parameters": "identity",
    "context": "identity",
    "dtype": "identity",
}


def find_corrections(view: DraftView, said: Collection[str] = ()) -> Iterator[DraftChange]:
    """A correction for each contradiction of which both the error and the true value are certain.

    The corrected card is read again: a correction that leaves the contradiction, or brings
    another, is none.

    Parameters
    ----------
    said
        What the author answered: a value that it names is not corrected but asked for.
    """
    sure = [c for c in view.contradictions if c.severity == "error" and c.kind not in _NEVER]
    sure = [c for c in sure if not any(_names(text, c.statement) for text in said)]
    first = [(c, next(_corrections(view, c), None)) for c in sure]
    together = [(c, change) for c, change in first if change is not None]
    if len(together) < 2 or not _mends(view, together):  # one look at the card instead of many
        together = [(c, change) for c in sure if (change := _correction(view, c)) is not None]
    count: dict[str, int] = {}
    for contradiction, change in together:
        number = count[contradiction.kind] = count.get(contradiction.kind, 0) + 1
        yield replace(change, id=change.id + (f":{number}" if number > 1 else ""))


def _names(text: str, said: Statement) -> bool:
    """Whether an author's words hold those of a statement, or its value where that is a rare one.

    The author and the files disagree then, or the author says so: either is a question.
    """
    plain = text.casefold()
    if said.quote and said.quote.casefold() in plain:
        return True
    value = said.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        digits = len(f"{value:.9g}".replace(".", "").strip("0"))
        return digits > 2 and any(_is_number(number, value) for number in _NUMBER.findall(text))
    words = str(value).casefold()
    return len(words) > 2 and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", plain) is not None


def _is_number(text: str, value: float) -> bool:
    """Whether a number is written there, in thousands or with a point or a comma."""
    plain = re.sub(r"[.,](?=\d{3}(?!\d))", "", text)
    return value in (float(plain.replace(",", ".")), float(text.replace(",", ".")))


def _correction(view: DraftView, contradiction: Contradiction) -> DraftChange | None:
    """The first correction after which the card reads well."""
    changes = _corrections(view, contradiction)
    return next((each for each in changes if _mends(view, [(contradiction, each)])), None)


def _corrections(view: DraftView, contradiction: Contradiction) -> Iterator[DraftChange]:
    """Every way to say what the files prove; none in a sentence that would be false with it."""
    said = contradiction.statement
    if said.place == "title":
        return  # a name, which only the author changes
    if said.place == "text":
        around = (line_at(view, number).strip() for number in range(said.line - 1, said.line + 3))
        if builds_on(" ".join(around), said.quote, view.language):
            return
    for value, fact in _truths(view, contradiction):
        yield from _restated(view, contradiction, value, Sentence("", (fact,)))


def correct(
    view: DraftView, contradiction: Contradiction, value: Value, proof: Sentence
) -> DraftChange | None:
    """The card with another value in the place of a statement, as its author answered.

    Parameters
    ----------
    value
        What is true, whatever the files say.
    proof
        The question that was answered.
    """
    return next(_restated(view, contradiction, value, proof), None)


def _restated(
    view: DraftView, contradiction: Contradiction, value: Value, proof: Sentence
) -> Iterator[DraftChange]:
    """The line of a statement with another value, in every way in which that can be written."""
    said, kind = contradiction.statement, contradiction.kind
    line = line_at(view, said.line)
    for new in restate(line, said, value) if line else ():
        operation = ReplaceLines((line,), (new,), _nth(view, said.line, line))
        sentence = Sentence(_stated(view, said, line, new), proof.facts, proof.answered)
        criterion = "metadata" if said.pointer else _CRITERIA.get(kind, "training")
        why = contradiction.why
        yield DraftChange(
            f"correct:{kind}", "correction", why, (operation,), (sentence,), criterion
        )


def line_at(view: DraftView, line: int) -> str:
    """A line of the README as it stands; "" where there is none."""
    places = view.readme.lines()
    return view.readme.text[slice(*places[line - 1])] if 0 < line <= len(places) else ""


def is_kept(value: str) -> bool:
    """Whether an author answers that the card is right."""
    return value.strip().strip(".").lower() in ("keep", "kept", "right", "as it is")


def _stated(view: DraftView, said: Statement, line: str, new: str) -> str:
    """The sentence that was changed; of an item of the metadata its key and the items before it."""
    if said.pointer:
        key = said.pointer.split("/")[1]
        first = next(
            (n for n in range(said.line, 0, -1) if line_at(view, n).startswith(f"{key}:")),
            said.line,
        )
        above = [line_at(view, n) for n in range(first, said.line)] if said.line - first < 9 else []
        return "\n".join([*above, new]).strip()
    if said.place == "text":
        pairs = enumerate(zip(line, new, strict=False))
        place = next((n for n, (old, now) in pairs if old != now), min(len(line), len(new)))
        ends = [match.end() for match in _END.finditer(new)]
        start = max((end for end in ends if end <= place), default=0)
        return new[start : next((end for end in ends if end > place), len(new))].strip()
    return new.strip()


def _nth(view: DraftView, number: int, line: str) -> int:
    """Which of equal lines it is."""
    before = view.readme.lines()[: number - 1]
    return sum(view.readme.text[slice(*place)] == line for place in before)


def _truths(view: DraftView, contradiction: Contradiction) -> Iterator[tuple[Value, Fact]]:
    """What the other side proves and how, the strongest first; nothing where that is not plain."""
    kind, said = contradiction.kind, contradiction.statement
    if kind == "language":
        yield from _language(view)
        return
    if kind == "repository":
        id = view.repository.id
        if id and said.place == "code":
            line = line_at(view, said.line)
            files = view.facts.named("file")  # that it loads a file of this repository tells it
            file = next((each for each in files if each.about and each.about in line), None)
            yield id, file or Fact("name", id, contradiction.others)
        return
    if kind == "metric" and not _is_result_of(contradiction):
        return
    speaks = _SPEAKS.get(kind, (kind,))
    facts = [
        fact
        for other in contradiction.others
        if other.path != README or other.repo
        for fact in view.facts.facts
        if fact.name in speaks and any(_place(other) == _place(each) for each in fact.sources)
    ]
    facts = [fact for fact in facts if fact.about == said.about] or facts
    if kind not in _SPEAKS and len({str(fact.value) for fact in facts}) > 1:
        return
    if facts:
        for fact in dict((str(fact.value), fact) for fact in facts).values():
            yield fact.value, fact
        return
    values = {
        str(other.value): other for other in contradiction.others if isinstance(other.value, float)
    }
    if len(values) == 1:  # a number that the card and its files have elsewhere
        source = next(iter(values.values()))
        yield source.value, Fact(kind, source.value, contradiction.others)


def _is_result_of(contradiction: Contradiction) -> bool:
    """Whether a file has the result, with its data named, and in the unit that the card has."""
    values = [contradiction.statement.value, *(other.value for other in contradiction.others)]
    fractions = {abs(v) <= 1 for v in values if isinstance(v, int | float)}
    return len(fractions) == 1 and all(other.path != README for other in contradiction.others)


def _language(view: DraftView) -> Iterator[tuple[Value, Fact]]:
    """The language that the card is written in, where its data are in it, too."""
    data = {
        str(code)
        for fact in view.facts.named("dataset_language")
        for code in (fact.value if isinstance(fact.value, list) else [fact.value])
    }
    if view.language and data == {view.language}:
        yield view.language, view.facts.named("dataset_language")[0]


def _place(source: FactSource) -> tuple[object, ...]:
    return (
        source.repo, source.path, source.pointer, source.header, source.counted, source.info,
    )  # fmt: skip


def _mends(view: DraftView, changes: Sequence[tuple[Contradiction, DraftChange]]) -> bool:
    """Whether the card reads well with them: these contradictions are gone, and none is new."""
    after, refused = apply_changes(view.readme, [change for _, change in changes])
    if refused:
        return False
    card = read_card(after, view.repository.id)
    if set(card.problems) - set(view.card.problems):
        return False
    said = {(each.statement.kind, each.statement.line) for each, _ in changes}
    if not said <= {(statement.kind, statement.line) for statement in read_statements(card)}:
        return False
    gone = {_key(contradiction) for contradiction, _ in changes}
    now = {_key(each) for each in find_contradictions(card, view.facts, view.repository)}
    return not gone & now and now <= {_key(each) for each in view.contradictions}


def _key(contradiction: Contradiction) -> tuple[str, int]:
    return contradiction.kind, contradiction.statement.line
