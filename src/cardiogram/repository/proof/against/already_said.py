"""What may stand in a card again: what it said before, what its author answered, what files say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from cardiogram.cards import Card
from cardiogram.repository.fact import Fact, RepositoryFacts
from cardiogram.repository.proof.against.numbers_in_texts import amounts_in
from cardiogram.repository.proof.proving import facts_named
from cardiogram.repository.proof.speaking import agrees
from cardiogram.repository.statements import Statement, read_statements
from cardiogram.repository.statements.readers import language_code

_ONE = {"merged_model": "base_model", "sequence_length": "context", "cutoff": "context"}
"""Kinds of statements that say the same."""
_LISTED = frozenset({"base_model", "dataset", "language", "licence", "library", "task"})


_OF_TRAINING = """
learning_rate epochs steps batch_size total_batch_size accumulation warmup_steps seed optimizer
schedule precision cutoff rank lora_alpha lora_dropout target_modules method training_seconds
train_samples
"""
_TRAINING = frozenset(_OF_TRAINING.split())
_RESULTS = frozenset({"metric", "eval_samples", "train_samples"})
_DATA = frozenset({"train_samples", "eval_samples", "dataset", "language", "training_seconds"})
_SUBJECTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("results", "how-measured", "comparison", "what-it-loses"), _RESULTS),
    **dict.fromkeys(("training-data", "original-data", "data-sets", "preprocessing"), _DATA),
    **dict.fromkeys(("training-settings", "hardware"), _TRAINING),
    "purpose": frozenset({"parameters", "language", "task"}),
}
"""Kinds of statements that the answer to a question speaks of."""


class AlreadySaid:
    """What is known before an edit.

    Parameters
    ----------
    before
        The card as it was.
    facts
        What files prove; what the card alone says is none of it.
    answers
        Sentences that the author answered, with the ids of their questions.
    answered
        Statements that these make.
    """

    def __init__(
        self,
        before: Card,
        facts: RepositoryFacts,
        answers: Iterable[tuple[str, str]] = (),
        answered: Iterable[Statement] = (),
    ) -> None:
        self.before: Card = before
        self._answers = tuple(answers)
        self.answers: tuple[str, ...] = tuple(sentence for _, sentence in self._answers)
        subjects = dict.fromkeys(fact.name for fact in facts.facts)
        self.facts: tuple[Fact, ...] = tuple(
            fact for name in subjects for fact in facts_named(name, None, facts)
        )
        self._statements = [*read_statements(before), *answered]
        self._repo = facts.repo

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All words of it."""
        values = (str(v) for fact in self.facts for v in flat(fact.value) if isinstance(v, str))
        notes = (text for fact in self.facts for text in (fact.about, fact.note) if text)
        return (self.before.text, self.before.id, self._repo, *self.answers, *values, *notes)

    @cached_property
    def letters(self) -> str:
        """The letters and digits of all words, each text on a line."""
        return "\n".join(map(plain, self.texts))

    def has(self, statement: Statement) -> bool:
        r"""Whether a statement says what was said: a number may be rounded, a list cut short.

        Examples
        --------
        >>> from cardiogram.cards import parse_card
        >>> said = AlreadySaid(parse_card("---\nlicense: mit\n---\n"), RepositoryFacts("a/b"))
        >>> new = read_statements(parse_card("License: MIT\n\nLanguage: German\n"))
        >>> [(each.kind, said.has(each)) for each in new]
        [('licence', True), ('language', False)]
        """
        if flat_words(statement.quote) in self._words or self._is_answered(statement):
            return True
        same = [each for each in self._statements if _speaks_of(each, statement)]
        if _kind(statement) in _LISTED:
            said = {name for each in same for name in _names(each)}
            said |= {name for fact in self._facts_of(statement) for name in _names(fact)}
            return bool(mine := _names(statement)) and mine <= said
        if statement.kind == "languages":  # as many as were listed
            listed = [each for each in self._statements if each.kind == "language"]
            codes = {name for each in listed for name in _names(each)}
            return statement.value == len(codes) or statement.value in [s.value for s in same]
        by_name = statement.kind == "architecture" and _names(statement)
        if by_name and all(name in self.letters for name in by_name):
            return True  # the name of a base model says it, too
        return any(agrees(statement, each.value) for each in same)

    def _is_answered(self, statement: Statement) -> bool:
        """Whether an answer on its subject has its value, in words that make no statement."""
        said = [text for id, text in self._answers if statement.kind in _SUBJECTS.get(id, ())]
        if not isinstance(statement.value, int | float):
            values = [plain(str(value)) for value in flat(statement.value)]
            return any(all(value in plain(text) for value in values) for text in said)
        numbers = [number for text in said for number in amounts_in(text)]
        parts = (1.0, 60.0, 3600.0, 86_400.0) if statement.kind == "training_seconds" else (1.0,)
        return any(agrees(statement, number * part) for number in numbers for part in parts)

    @cached_property
    def _words(self) -> str:
        return flat_words(self.before.text)

    def _facts_of(self, statement: Statement) -> Iterator[Statement]:
        """Facts of its kind as statements: of several, each may prove a part of a list."""
        for fact in self.facts:
            if fact.name == statement.kind and fact.about == statement.about:
                yield replace(statement, value=fact.value)

    @cached_property
    def languages(self) -> frozenset[str]:
        """Codes of its languages, as values."""
        facts = [f for f in self.facts if f.name.endswith("language")]
        values = [v for f in facts for v in flat(f.value)]
        values += [v for s in self._statements if s.kind == "language" for v in flat(s.value)]
        return frozenset(language_code(str(value)) for value in values)


def flat(value: object) -> Iterator[object]:
    """A value; of a list or map those in it, and how many they are."""
    if isinstance(value, dict):
        yield len(value)
        for key, each in value.items():
            yield key
            yield from flat(each)
    elif isinstance(value, list | tuple):
        yield len(value)
        for each in value:
            yield from flat(each)
    elif not isinstance(value, bool):
        yield value


def flat_words(text: str) -> str:
    """A text without the marks and spaces that form it."""
    return re.sub(r"[\s>*_|#-]+", " ", text).strip()


def plain(text: str) -> str:
    """Letters and digits of a text, in lower case."""
    return re.sub(r"[\W_]", "", text.lower())


def _kind(statement: Statement) -> str:
    return _ONE.get(statement.kind, statement.kind)


def _speaks_of(said: Statement, statement: Statement) -> bool:
    """Whether both are on the same; a result is by its metric, where no data set is named."""
    if _kind(said) != _kind(statement):
        return False
    if statement.kind == "metric":
        mine, theirs = (each.about.lower().split("|") for each in (statement, said))
        return mine[0] == theirs[0] and set(filter(None, mine)) <= {*theirs, *mine[:1]}
    return said.about == statement.about


def _names(statement: Statement) -> frozenset[str]:
    """Its values without case and marks; ids without their owner, languages by their code."""
    values = [str(value) for value in flat(statement.value) if isinstance(value, str)]
    if statement.kind == "language":
        return frozenset(map(language_code, values))
    return frozenset(plain(value.rpartition("/")[2]) for value in values)
