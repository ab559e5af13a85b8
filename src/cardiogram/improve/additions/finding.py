"""Everything that facts allow a card to say, as changes in its own order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from cardiogram.cards import is_placeholder
from cardiogram.improve.additions.draft_words import DraftWords
from cardiogram.improve.additions.front_matter_keys import find_metadata, why_no_base
from cardiogram.improve.additions.identity import (
    file_rows,
    identity_rows,
    lacks_classes,
    say_purpose,
    version_rows,
)
from cardiogram.improve.additions.index_results import find_index
from cardiogram.improve.additions.learning import (
    base_quotes,
    data_quotes,
    data_rows,
    data_sets,
    quantised_rows,
    result_rows,
    say_quantised,
    setting_rows,
)
from cardiogram.improve.additions.places import PlacedEdit, Places
from cardiogram.improve.additions.snippets import find_snippets, why_no_code
from cardiogram.improve.additions.stating import CardVoice, is_plain, link
from cardiogram.improve.draft import Audience, DraftChange, Sentence
from cardiogram.improve.operations import ReplaceLines
from cardiogram.improve.view import DraftView
from cardiogram.repository import Fact

_EXCELLENT = 3.9
"""Rating from which a card is left alone: what facts could add is worth less than it disturbs."""
_CLOSED = ("unclosed_fence", "html_only", "too_many_blocks", "never_closed")
_RESULTS = 40
_WORTH = 3
"""Rows on what a model is that are worth a section, though the card says a part of it."""

Part = tuple[list[str], list[Sentence]]
Placing = tuple[PlacedEdit, DraftChange]


def find_additions(view: DraftView, audience: Audience = "user") -> Iterator[DraftChange]:
    """What the card lacks and facts prove; nothing for a card that is excellent as it is.

    A section is only added for something that a reader misses, and what the card says already is
    not said again.

    Parameters
    ----------
    audience
        Who is to read the card: what they look for comes first.
    """
    if view.rating.scores["overall"].expected >= _EXCELLENT:
        return
    wording = DraftWords(view.language)
    voice = CardVoice(view, wording, audience)
    yield from find_metadata(voice)
    yield from find_index(voice)
    if any(problem.startswith(_CLOSED) for problem in view.card.problems):
        return
    places = Places(view, wording, audience)
    placed = [each for make in _SECTIONS for each in make(voice, places)]
    yield from _in_order(placed)


def find_unwritten(
    view: DraftView, audience: Audience = "user"
) -> Iterator[tuple[DraftChange, str]]:
    """What a reader looks for and no file lets one write, with the reason."""
    if view.rating.scores["overall"].expected >= _EXCELLENT:
        return
    voice = CardVoice(view, DraftWords(view.language), audience)
    base, reason = why_no_base(voice)
    if reason:
        yield DraftChange("add:base_model", "metadata", f"base_model: {base}", ()), reason
    if _wants_code(voice) and (reason := why_no_code(voice)):
        yield (
            DraftChange("add:code", "section", "Code that runs the model.", (), (), "usage"),
            reason,
        )


def _in_order(placed: Sequence[Placing]) -> Iterator[DraftChange]:
    """Changes from the end of the card to its top.

    A place is named by lines of the author's, so what is above it must be as it was; and of several
    changes behind one line, each goes directly behind it.
    """
    empty = [change for place, change in placed if not place.behind]
    others = sorted(
        ((place, change) for place, change in placed if place.behind),
        key=lambda each: (
            -each[0].behind,
            isinstance(each[0].operation, ReplaceLines),  # it may replace what an other names
            -each[0].rank,
        ),
    )
    yield from empty
    yield from (change for _, change in others)


def _section(
    places: Places, topic: str, criterion: str, why: str, parts: Iterable[Part]
) -> Iterator[Placing]:
    """One change of several parts, a blank line between them; none where they say nothing."""
    lines: list[str] = []
    sentences: list[Sentence] = []
    for own, said in parts:
        if own:
            lines += ["", *own] if lines else own
            sentences += said
    if lines:
        place = places.put(topic, lines)
        change = DraftChange(
            f"add:{topic}", "section", why, (place.operation,), tuple(sentences), criterion
        )
        yield place, change


def _prose(sentences: Sequence[Sentence]) -> Part:
    """Sentences as one paragraph."""
    text = " ".join(sentence.text for sentence in sentences)
    return ([text] if text else []), list(sentences)


def _paragraphs(sentences: Sequence[Sentence]) -> Part:
    lines: list[str] = []
    for sentence in sentences:
        lines += ["", sentence.text] if lines else [sentence.text]
    return lines, list(sentences)


def _identity(voice: CardVoice, places: Places) -> Iterator[Placing]:
    lacks, said = voice.view.lacks, voice.said
    unclear = lacks("purpose") or not voice.view.card.body.strip() or lacks_classes(voice)
    purpose = say_purpose(voice) if unclear or voice.audience == "newcomer" else []
    if any(
        s.heading and s.heading.text == voice.wording.heading("identity") for s in places.sections
    ):
        purpose = []  # it opens the section, or does not stand there
    proven = [fact for sentence in purpose for fact in sentence.facts]
    rows = [row for row in identity_rows(voice) if not all(f in proven for f in row.facts)]
    wanted = lacks("purpose", "architecture") or not said & {"parameters", "architecture"}
    if not wanted:
        rows = [row for row in rows if not voice.says(row.value)]
        rows = rows if len(rows) >= _WORTH else []
    why = "A reader asks first what a model is, how large, and what it was made from."
    parts = [_prose(purpose), voice.rows(rows, least=1 if purpose else 2)]
    yield from _section(places, "identity", "identity", why, parts)


def _usage(voice: CardVoice, places: Places) -> Iterator[Placing]:
    wanted = _wants_code(voice)
    parts: list[Part] = []
    for snippet in find_snippets(voice) if wanted else ():
        lines = [f"```{snippet.info}", *snippet.code.split("\n"), "```"]
        proven = [Sentence(line, facts) for line, facts in snippet.proven]
        parts.append((lines, proven))
    if wanted or voice.view.lacks("prompt"):
        parts.append(_prompt(voice))
    why = "Readers look for code that runs the model; this names the repository and its library."
    yield from _section(places, "usage", "usage", why, parts)


def _wants_code(voice: CardVoice) -> bool:
    own = voice.view.facts.repo
    runs = any(s.place == "code" and s.value == own for s in voice.view.statements)
    return voice.view.lacks("code") and not runs


def _prompt(voice: CardVoice) -> Part:
    """What the chat template makes of a message."""
    prompt = next(iter(voice.view.facts.named("chat_prompt")), None)
    if prompt is None or voice.fact("chat_template") is None:
        return [], []
    said = voice.wording.say("chat_prompt", message=prompt.about)
    if not said or voice.says(said):
        return [], []
    lines = [said, "", "```text", *str(prompt.value).split("\n"), "```"]
    return lines, [Sentence("\n".join(lines), (prompt,))]


def _files(voice: CardVoice, places: Places) -> Iterator[Placing]:
    rows = [row for row in file_rows(voice) if row[0] not in voice.named]
    if not rows or len(rows) < len(file_rows(voice)):
        return
    label = voice.wording.label
    head = [
        f"| {label('file')} | {label('quantisation')} | {label('file_size')} |",
        "|---|---|---|",
    ]
    lines = [*head, *(sentence.text for *_, sentence in rows)]
    why = "Several files hold the model; a reader chooses one by quantisation and size."
    part = lines, [sentence for *_, sentence in rows]
    yield from _section(places, "files", "usage", why, [part])


def _data(voice: CardVoice, places: Places) -> Iterator[Placing]:
    lacks = voice.view.lacks
    if not lacks("dataset", "origin", "splits"):
        return
    ids = data_sets(voice)
    parts = [_paragraphs(data_quotes(voice, ids))] if lacks("dataset", "splits") else []
    for id in ids:
        if lacks("dataset", "splits") and (rows := data_rows(voice, id)):
            parts.append(voice.rows(rows, least=1 if parts and parts[0][0] else 2))
    parts.append(_paragraphs(base_quotes(voice, "data")))
    why = "What a model learned from decides what it is fit for."
    yield from _section(places, "data", "data", why, parts)


def _training(voice: CardVoice, places: Places) -> Iterator[Placing]:
    repeats = voice.audience == "reproducer"
    if voice.view.lacks("hyperparameters", *["software"] * repeats):
        rows = setting_rows(voice) + (version_rows(voice) if repeats else [])
        why = "Who wants to reproduce the training needs its settings."
        yield from _section(places, "training", "training", why, [voice.rows(rows, "setting")])
    if voice.view.lacks("conversion"):
        said = [] if "bits" in voice.said else say_quantised(voice)
        rows = [r for r in quantised_rows(voice) if not all(f.name in voice.said for f in r.facts)]
        why = "How a copy was made says what it may have lost."
        parts = [_prose(said), voice.rows(rows, "setting", 1 if said else 2)]
        yield from _section(places, "quantisation", "training", why, parts)


def _results(voice: CardVoice, places: Places) -> Iterator[Placing]:
    if voice.view.lacks("numbers") and (rows := list(result_rows(voice))[:_RESULTS]):
        why = "Results stand in files of the repository, with the data that they were measured on."
        yield from _section(
            places, "evaluation", "evaluation", why, [voice.rows(rows, "metric", 1)]
        )


def _limitations(voice: CardVoice, places: Places) -> Iterator[Placing]:
    if voice.view.lacks("limits"):
        why = "Limits of the base model are likely to be its own; they are cited as the base's."
        parts = [_paragraphs(base_quotes(voice, "limits"))]
        yield from _section(places, "limitations", "limitations", why, parts)


def _citation(voice: CardVoice, places: Places) -> Iterator[Placing]:
    """How files say that the model, or its base, is to be cited; the base's as the base's."""
    if _cites(voice):
        return
    parts: list[Part] = []
    bases = {str(f.value) for f in voice.view.facts.named("base_model")}
    for fact in voice.view.facts.named("citation")[:1]:
        said = voice.wording.say("citation", path=fact.about)
        parts.append(_cited(said if is_plain(fact.about) else "", fact))
    for fact in voice.view.facts.named("base_citation"):
        if fact.about in bases:
            parts.append(_cited(voice.wording.say("base_citation", repo=link(fact.about)), fact))
    for fact in voice.view.facts.named("base_paper"):
        if fact.about in bases and not voice.says(str(fact.value)):
            paper = f"[arXiv:{fact.value}](https://arxiv.org/abs/{fact.value})"
            said = voice.wording.say("base_paper", repo=link(fact.about), paper=paper)
            parts.append(_prose([Sentence(said, (fact,))] if said else []))
    why = "Files say how to cite it; who builds on it has the entry at hand."
    yield from _section(places, "citation", "structure", why, parts)


def _cites(voice: CardVoice) -> bool:
    """Whether the card says how to cite something: by an entry, or in a section of its own."""
    card = voice.view.card
    if any(
        block.kind == "code" and block.text.lstrip()[:1] == "@" for block in card.document.blocks
    ):
        return True
    words = (
        block.text
        for section in voice.view.sections
        if "citation" in section.topics
        for block in section.blocks
    )
    return any(not is_placeholder(text) for text in words)


def _cited(said: str, fact: Fact) -> Part:
    if not said:
        return [], []
    lines = [said, "", "```bibtex", *str(fact.value).split("\n"), "```"]
    return lines, [Sentence("\n".join(lines), (fact,))]


_SECTIONS: tuple[Callable[[CardVoice, Places], Iterator[Placing]], ...] = (
    _identity,
    _usage,
    _files,
    _data,
    _training,
    _results,
    _limitations,
    _citation,
)
