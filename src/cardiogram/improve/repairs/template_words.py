"""Words of generators: what their templates leave, and what is said of a repair of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cardiogram.improve.draft import DraftChange, Question, Sentence
from cardiogram.improve.operations import Operation
from cardiogram.lazy import regex
from cardiogram.names import DATA

COMMENT = regex(r"<!--.*?-->", re.DOTALL)
_WORD = regex(r"[a-z0-9]+")
_OPTIONAL = regex(r"\[\s*optional\s*\]", re.IGNORECASE)
_BARE_LABEL = regex(r"\s*\*\*([^*\n]{1,60}?):?\*\*:?\s*")
_LABEL = regex(r"\s*[-*+]\s+(?:\*\*([^*\n]{1,60}?):?\*\*:?|([A-Z][a-z]{2,9}):)(.*)", re.DOTALL)
_MARKS = regex(r"[\w\s\[\].:!*}#-]+", re.ASCII)
_UNFILLED = regex(r"\{\{[^{}]{1,200}\}\}")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """What generators write on every card, in plain words: lower case, no marks.

    Attributes
    ----------
    sentences
        With `*` where a name or a link stands.
    titles, folders
        Titles that say nothing, and names of folders that become one.
    loaders
        What the Trainer takes for the name of the data.
    copies
        What stands for the id of the repository in a snippet, by the tool that leaves it.
    """

    placeholders: frozenset[str]
    headings: frozenset[str]
    labels: frozenset[str]
    sentences: tuple[str, ...]
    comments: frozenset[str]
    titles: frozenset[str]
    folders: frozenset[str]
    loaders: frozenset[str]
    prompts: tuple[str, ...]
    copies: dict[str, str]
    repairs: dict[str, dict[str, str]]
    questions: dict[str, dict[str, str]]


@cache
def template_words() -> TemplateWords:
    """The words of data/improve/repairs.json."""
    data = json.loads((DATA / "improve" / "repairs.json").read_text("utf-8"))

    def plain(name: str) -> frozenset[str]:
        return frozenset(map(plain_words, data[name]))

    return TemplateWords(
        placeholders=plain("placeholders"),
        headings=plain("headings"),
        labels=plain("labels"),
        sentences=tuple(data["sentences"]),
        comments=plain("comments"),
        titles=plain("titles"),
        folders=frozenset(data["folders"]),
        loaders=frozenset(data["loaders"]),
        prompts=tuple(data["prompts"]),
        copies=data["copies"],
        repairs=data["repairs"],
        questions=data["questions"],
    )


def plain_words(text: str) -> str:
    """The words alone.

    Examples
    --------
    >>> plain_words("## Out-of-Scope Use [optional]")
    'out of scope use'
    """
    return " ".join(_WORD.findall(_OPTIONAL.sub(" ", text).lower()))


def without_optional(line: str) -> str:
    """A heading without a template's mark that it may be left out; "" where it has none.

    Examples
    --------
    >>> without_optional("## Citation [optional]")
    '## Citation'
    """
    words = _OPTIONAL.sub("", line)
    return " ".join(words.split()) if words != line else ""


def is_left(text: str) -> bool:
    """Whether a line is only what a template left for its author to fill in.

    Examples
    --------
    >>> is_left("[More Information Needed]"), is_left("More information needed on dosage")
    (True, False)
    >>> is_left("TBD")
    False
    """
    if len(text) > _LONGEST:
        return False
    left = COMMENT.sub("", text).strip()
    if not left:
        return False
    if _MARKS.fullmatch(left):
        return plain_words(left) in template_words().placeholders
    return _UNFILLED.fullmatch(left) is not None


def unfilled_label(line: str) -> str:
    """The label of a template's line that nobody filled, in plain words; "" for another line.

    Examples
    --------
    >>> unfilled_label("- **Funded by [optional]:** [More Information Needed]")
    'funded by'
    >>> unfilled_label("- **Funded by:** the state")
    ''
    """
    match = _LABEL.fullmatch(line) if len(line) < 2 * _LONGEST else None
    if match is None or not is_left(match[3]):
        return ""
    words = match[1] or match[2]
    label = plain_words(words) if words.isascii() else ""
    return label if label in template_words().labels else ""


def is_bare_label(line: str) -> bool:
    """Whether a line is only a label of a template: ``**BibTeX:**``."""
    match = _BARE_LABEL.fullmatch(line) if len(line) < _LONGEST else None
    return (
        match is not None
        and match[1].isascii()
        and plain_words(match[1]) in template_words().labels
    )


def is_template_sentence(line: str) -> bool:
    """Whether a line is a sentence that a template puts above what is to be filled in."""
    if not line.isascii() or len(line) > _LONGEST:
        return False
    words = plain_words(line)
    return bool(words) and any(_is_sentence(words, each) for each in template_words().sentences)


def _is_sentence(words: str, template: str) -> bool:
    start, open_, end = template.partition("*")
    return words == template if not open_ else words.startswith(start) and words.endswith(end)


def is_template_comment(comment: str) -> bool:
    """Whether a comment is a template's, or holds nothing."""
    inner = comment.strip().removeprefix("<!--").removesuffix("-->")
    short = len(inner) <= _LONGEST and inner.isascii()
    return short and plain_words(inner) in template_words().comments | {""}


def is_template_heading(text: str) -> bool:
    """Whether the words of a heading are a template's."""
    short = len(text) <= _LONGEST and text.isascii()
    return short and plain_words(text) in template_words().headings


def repair(
    id: str, operations: Sequence[Operation], sentences: Sequence[Sentence] = (), known: str = ""
) -> DraftChange:
    """A repair by its name, with its reason.

    Parameters
    ----------
    known
        A sentence on this very case, which follows the reason.
    """
    words = template_words().repairs[id]
    return DraftChange(
        f"repair:{id}",
        "repair",
        f"{words['why']} {known}".strip(),
        tuple(operations),
        tuple(sentences),
        words["criterion"],
    )


def question(id: str, known: str = "") -> Question:
    """A question by its name.

    Parameters
    ----------
    known
        A sentence on what the repository shows, for the author to answer by.
    """
    words = template_words().questions[id]
    why = f"{words['why']} {known}".strip()
    return Question(id, words["ask"], why, words["criterion"])
