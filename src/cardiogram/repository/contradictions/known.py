"""What is known of a repository when its card is compared: facts of files, statements, the Hub."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from cardiogram.cards import Card
from cardiogram.errors import CardiogramError
from cardiogram.repository.access import Repository, RepositoryType, withhold_logins
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.rules import rule_of
from cardiogram.repository.fact import Fact, FactSource, RepositoryFacts, Value
from cardiogram.repository.statements import Statement

CARD = "README.md"
_MAX_SOURCES = 4


class Known:
    """A card's statements, and the facts that may contradict them.

    Attributes
    ----------
    facts
        Facts that a file, the Hub or another repository proves, not the card's own words.
    """

    def __init__(
        self,
        card: Card,
        statements: Sequence[Statement],
        facts: RepositoryFacts,
        repository: Repository | None,
        requests: int = 8,
    ) -> None:
        self.card: Card = card
        self.statements: Sequence[Statement] = statements
        self.repository: Repository | None = repository
        every = [*facts.facts, *(fact for pair in facts.disagreements for fact in pair)]
        self.facts: tuple[Fact, ...] = tuple(fact for fact in every if not is_of_card(fact))
        self.cuts: list[Fact] = _cuts_of(facts)
        self.missing_bases: set[str] = set()
        self._left = requests

    @property
    def files(self) -> frozenset[str]:
        """Paths of the repository's files; none where it is not at hand."""
        return frozenset(self.repository.files) if self.repository else frozenset()

    @property
    def is_dataset(self) -> bool:
        """Whether it is a data set, whose card says nothing of a model of its own."""
        return self.repository is not None and self.repository.of == "dataset"

    def said(self, kind: str, place: str = "") -> list[Statement]:
        """Statements of a kind, of this model; with `place`, from there alone."""
        return [s for s in self.statements if s.kind == kind and place in ("", s.place)]

    def named(self, kinds: Iterable[str], about: str | None = None) -> list[Fact]:
        """Facts of some names; with `about`, of that part alone."""
        kinds = tuple(kinds)
        return [f for f in self.facts if f.name in kinds and about in (None, f.about)]

    def other(self, id: str, of: RepositoryType) -> Repository | Literal["missing", "unknown"]:
        """Another repository, or whether the Hub has none of that name."""
        if self.repository is None or self._left <= 0:
            return "unknown"
        self._left -= 1
        try:
            return self.repository.other(id, of) or "missing"
        except CardiogramError:
            return "unknown"


def is_of_card(fact: Fact) -> bool:
    """Whether the card's own words are all that proves a fact."""
    return all(source.is_own_word for source in fact.sources)


def _cuts_of(facts: RepositoryFacts) -> list[Fact]:
    """Tokens after which Sentence Transformers cuts, less than the network can read."""
    longest = max((f.value for f in facts.named("context") if isinstance(f.value, int)), default=0)
    return [
        fact
        for fact in facts.named("sequence_length", "")
        if isinstance(fact.value, int)
        and fact.value < longest
        and any(source.pointer == "/max_seq_length" for source in fact.sources)
    ]


def sources_of(facts: Iterable[Fact]) -> tuple[FactSource, ...]:
    """The places that prove some facts, without the card's own."""
    sources = [s for f in facts for s in f.sources if not s.is_own_word]
    return tuple(dict.fromkeys(_hashable(s) for s in sources))[:_MAX_SOURCES]


def _hashable(source: FactSource) -> FactSource:
    """The same place; a list as its value becomes a text, so that places can be compared."""
    if isinstance(source.value, list | dict):
        return replace(source, value=str(source.value)[:300])
    return source


def source_of(statement: Statement) -> FactSource:
    """A statement of the card as the other side of a contradiction."""
    if statement.pointer:
        return FactSource(statement.value, CARD, pointer=statement.pointer)
    return FactSource(statement.value, CARD, line=statement.line, quote=statement.quote)


def contradiction(
    statement: Statement,
    others: Sequence[FactSource],
    why: str,
    *,
    sure: bool = True,
    kind: str = "",
    value: Value = None,
) -> Contradiction:
    """A contradiction under its rule; a question where it is not sure."""
    kind = kind or statement.kind
    severity: Literal["error", "warning"] = "error" if sure else "warning"
    why = withhold_logins(why)
    return Contradiction(rule_of(kind), kind, severity, statement, tuple(others), why, value)


def same_start(first: str, second: str) -> int:
    """How many characters two names have in common at the beginning.

    Examples
    --------
    >>> same_start("unet-r34", "UNet-r50")
    6
    """
    pairs = enumerate(zip(first.lower(), second.lower(), strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(first), len(second)))


def number(value: object) -> str:
    """A number as people read it.

    Examples
    --------
    >>> number(13015864320), number(1e-05), number(2.0)
    ('13.02 billion', '1e-05', '2')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{value / size:.4g} {word}"
    if value == int(value):
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    return f"{value:.6g}"


def counts_of_headers(known: Known) -> list[float]:
    """Parameters as headers count them: all, without embeddings, and with these twice."""
    own = [f for f in known.named(("parameters",), "") if _is_counted(f)]
    if len(own) != 1:
        return []
    also = ("parameters_declared", "base_parameters", "stored_numbers")
    bare = known.named(("parameters",), "without embeddings")
    counts = [f.value for f in (*own, *bare, *known.named(also))]
    numbers = [float(count) for count in counts if isinstance(count, int | float)]
    return [*numbers, *(2 * numbers[0] - float(str(fact.value)) for fact in bare)]


def parameters_by_shape(known: Known) -> tuple[float, float, Fact] | None:
    """Parameters of a common architecture by the sizes of its configuration: at least, at most.

    Without and with a head of its own over the vocabulary, and without what is small.
    """
    sizes = [known.named((name,), "") for name in _SIZES]
    family = {str(f.value) for f in known.named(("model_type",), "")}
    if any(len(each) != 1 for each in sizes) or len(family) != 1 or known.named(_OTHERWISE):
        return None
    layers, width, inner, vocabulary = (float(str(each[0].value)) for each in sizes)
    heads = [known.named((name,), "") for name in ("heads", "key_value_heads")]
    heads_of = [float(str(each[0].value)) for each in heads if len(each) == 1]
    shared = heads_of[1] / heads_of[0] if len(heads_of) == 2 else 1.0
    matrices = 3 if family <= _GATED else 2 if family <= _PLAIN else 0
    if not matrices:
        return None
    block = (2 + 2 * min(shared, 1.0)) * width**2 + matrices * width * inner
    body = layers * block + vocabulary * width
    return body, body + vocabulary * width, sizes[0][0]


_SIZES = ("layers", "hidden_size", "intermediate_size", "vocabulary")
_GATED = frozenset({"llama", "mistral", "qwen2"})
_PLAIN = frozenset({"bert", "roberta", "xlm-roberta"})
_OTHERWISE = ("experts", "custom_code", "components", "quantised_by")


def _is_counted(fact: Fact) -> bool:
    headers = any(s.counted and s.path.endswith(".safetensors") for s in fact.sources)
    return headers and (not fact.note or "tied" in fact.note)


def examples_a_step(known: Known) -> float | None:
    """Examples a step of the optimiser, by a training of which all else is known."""
    run = [known.named((name,), "") for name in ("train_samples", "epochs", "steps")]
    values = [{f.value for f in facts} for facts in run]
    if any(len(each) != 1 for each in values):
        return None
    samples, epochs, steps = (float(str(*each)) for each in values)
    return samples * epochs / steps if steps else None
