"""Cards of the shared repositories with a word changed, and what contradicts them then."""

from __future__ import annotations

from functools import cache

from cardiogram.cards import parse_card
from cardiogram.repository.contradictions import Contradiction, find_contradictions
from cardiogram.repository.facts import read_facts
from repository_rows import InMemory, repositories

ROUTER = "dorvane/tarn-bert-helpdesk-router"
SFT = "brightmoor/osprey-1.1b-fieldnotes-sft"
HAIKU = "quillnest/osprey-7b-haiku-lora"
GGUF = "helio-quants/osprey-7b-chat-GGUF"
HERBARIUM = "fernwork/lumen-herbarium-512"
RECIPES = "saltmarsh-nlp/kochrezept-minilm"
MERGE = "mergewright/osprey-7b-slatewing"
KESTREL = "kestrel-foundation/kestrel-3b-instruct"
LAW = "dorvane/osprey-13b-mietrecht"
SPEECH = "norrklang/murmur-small-sv"
GPTQ = "helio-quants/osprey-7b-chat-GPTQ"
BERTH = "tabularium/berth-delay"
HARBOUR = "tarnlab/tarn-bert-harbour-ner"


@cache
def repository_of(id: str) -> InMemory:
    """A repository of the rows; a gated one lets in."""
    made = repositories(fourteen=True)[id]
    assert isinstance(made, InMemory)
    if not made.info.get("gated"):
        return made
    open_ = InMemory(id, made.contents, commit=made.commit, history=made.history)
    open_.info = {**made.info}
    open_._content = lambda path: open_.contents[path]  # type: ignore[method-assign]
    open_.other = made.other  # type: ignore[method-assign]
    open_.children = made.children  # type: ignore[method-assign]
    return open_


def card_of(id: str) -> str:
    """The text of a repository's card."""
    return repository_of(id).read("README.md").decode().replace("\r\n", "\n")


def contradictions(id: str, old: str = "", new: str = "") -> tuple[Contradiction, ...]:
    """What contradicts a card once some words are others.

    With no old ones they are added below the title.
    """
    text = card_of(id)
    if old:
        assert old in text, old
        text = text.replace(old, new)
    elif new:
        head, mark, tail = text.partition("\n# ")
        title, _, tail = tail.partition("\n")
        text = f"{head}{mark}{title}\n\n{new}\n{tail}"
    repository = repository_of(id)
    card = parse_card(text, id=id)
    return find_contradictions(card, read_facts(repository, card), repository)


@cache
def before(id: str) -> frozenset[tuple[str, str]]:
    """Kinds and values of the contradictions that the card has as it is."""
    return frozenset((c.kind, str(c.statement.value)) for c in contradictions(id, "", ""))


def added(id: str, old: str = "", new: str = "") -> list[Contradiction]:
    """The contradictions that the edit makes."""
    return [
        c
        for c in contradictions(id, old, new)
        if (c.kind, str(c.statement.value)) not in before(id)
    ]
