"""Answers of an author: a YAML file of texts by the id of their question."""

from __future__ import annotations

import datetime
import json
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from cardiogram.cards import load_yaml
from cardiogram.errors import ConfigError, DataError
from cardiogram.improve.draft import Question
from cardiogram.lazy import regex
from cardiogram.names import DATA
from cardiogram.store import write_atomically
from cardiogram.text import MAX_CARD_BYTES

_LONGEST = 4000
_TOKEN = regex(r"hf_\w{20,}|gh[pousr]_\w{20,}|sk-[\w-]{20,}|AKIA\w{16}|-----BEGIN ")
_HINT = "A line each: limitations: Fails on handwriting.  `cardiogram improve` names the ids."


@dataclass(frozen=True, slots=True)
class Answers:
    """What an author said.

    Attributes
    ----------
    texts
        By the id of the question.
    by, at
        Who answered and when, as they say.
    problems
        What was left out, and why.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    at: str = ""
    problems: tuple[str, ...] = ()

    def given(self) -> Answers:
        """The same without those that say only that their author does not know."""
        texts = {id: text for id, text in self.texts.items() if not is_no_answer(text)}
        return replace(self, texts=texts)


def is_no_answer(text: str) -> bool:
    """Whether a text says only that its author does not know, in one of the common languages.

    Examples
    --------
    >>> is_no_answer("I don't know."), is_no_answer("Vet inte"), is_no_answer("None.")
    (True, True, False)
    """
    return _plain(text) in _no_answers()


@cache
def _no_answers() -> frozenset[str]:
    phrases = json.loads((DATA / "improve" / "no_answers.json").read_text("utf-8"))
    return frozenset(_plain(phrase) for said in phrases.values() for phrase in said) | {""}


def _plain(text: str) -> str:
    """Letters, marks and digits alone, in lower case."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in folded).replace(
        " ", ""
    )


def read_answers(path: Path) -> Answers:
    """Read a file of answers.

    Raises
    ------
    ConfigError
        It cannot be read, or is no map of texts.
    """
    try:
        raw = path.read_bytes()
        text = raw[: MAX_CARD_BYTES + 1].decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot read {str(path)!r}: {error.strerror}", hint=_HINT) from error
    except UnicodeDecodeError:
        raise ConfigError(f"{str(path)!r} is not UTF-8", hint=_HINT) from None
    if len(raw) > MAX_CARD_BYTES:
        raise ConfigError(f"{str(path)!r} has {len(raw):,} bytes: no answers of a person")
    try:
        values = load_yaml(text)
    except DataError as error:
        raise ConfigError(f"{str(path)!r} is no YAML: {error.message}", hint=_HINT) from error
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise ConfigError(f"{str(path)!r} is no map of answers by question", hint=_HINT)
    return make_answers(values)


def make_answers(values: Mapping[object, object]) -> Answers:
    """Answers from values by question; `by` and `at` say who gave them and when."""
    texts: dict[str, str] = {}
    problems = []
    for key, value in values.items():
        id, text = str(key), _text(value)
        if text is None:
            problems.append(f"The answer {id!r:.60} is no text.")
        elif _TOKEN.search(text):
            problems.append(f"The answer {id!r:.60} holds what looks like a secret: left out.")
        elif len(text) > _LONGEST:
            problems.append(f"The answer {id!r:.60} has over {_LONGEST:,} characters.")
        elif text.strip():
            texts[id] = text.strip()
    by, at = texts.pop("by", ""), texts.pop("at", "")
    at = at or datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return Answers(texts, by, at, tuple(problems))


def write_form(path: Path, questions: Sequence[Question], answers: Answers | None = None) -> None:
    """Write a file in which an author fills in what they know, a question at a time.

    Parameters
    ----------
    answers
        What was answered already.

    Raises
    ------
    DataError
        The folder cannot be written.
    """
    answers = answers or Answers()
    lines = ["# What only you know: fill in some, leave the others.", f"by: {_quoted(answers.by)}"]
    for id, text in answers.texts.items():
        lines += ["", f"{id}: |-", *(f"  {line}" for line in text.splitlines())]
    for question in questions:
        words = textwrap.wrap(f"{question.ask} {question.why}", 78)
        lines += ["", *(f"# {line}" for line in words), f"{question.id}: ''"]
    write_atomically(path, "".join(f"{line}\n" for line in lines).encode())


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _text(value: object) -> str | None:
    """A text; of a list its lines as bullets; a number or date as it is written."""
    if isinstance(value, list):
        parts = [_text(part) for part in value]
        return None if None in parts else "\n".join(f"- {part}" for part in parts)
    if value is None:
        return ""
    return None if isinstance(value, dict) else str(value)
