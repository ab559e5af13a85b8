"""The named problems of a card or a repository: one code, one sentence, in one place.

A problem is written as ``code`` or ``code: detail`` in the column `problems` of a study.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CARD_PROBLEMS = {
    "empty": "README.md has no text",
    "front_matter_only": "there is metadata but no text below it",
    "html_only": "the whole body is HTML",
    "not_utf8": "the file is not UTF-8 (read as UTF-16 or Windows-1252)",
    "bom": "the file starts with a byte order mark",
    "crlf": "lines end with carriage returns",
    "nul_bytes": "the file contains NUL bytes",
    "oversized": "the file is over 1 MiB and was cut there",
    "too_many_blocks": "the first blocks and links were read, and no more",
    "poisoned": "whatever reads the card dies of it, and it was read as empty",
    "lfs_pointer": "the file is a Git LFS pointer, not a text",
    "front_matter_unclosed": "the metadata block opens with --- and never closes",
    "yaml_malformed": "the metadata is not valid YAML",
    "yaml_not_a_map": "the metadata is not a map of keys to values",
    "yaml_duplicate_key": "a metadata key appears twice, which the Hub refuses",
    "yaml_too_large": "the metadata unfolds to too many values (aliases?) and was not read",
    "unclosed_fence": "a code fence is never closed",
}
"""Problems that the text itself shows."""

REPOSITORY_PROBLEMS = {
    "no_readme": "the repository has no README.md",
    "gated": "the repository is gated and this login was not let in",
    "not_found": "no such repository, or it is private",
    "in_lfs": "README.md is stored in Git LFS, and the Hub reads no metadata of it",
    "disabled": "the Hub has disabled the repository",
    "renamed": "the repository has a new name, which is studied in its place",
    "private": "the repository is private, and this login may see it",
    "replaced": "another repository has its name by now",
    "unreachable": "the Hub did not answer; the next run tries again",
    "bad_count": "a count was negative, absurd or not a number, and was left out",
    "bad_date": "a date could not be read, and was left out",
    "no_id": "the row names no model",
}
"""Problems on the way to the text."""

PROBLEMS = {**CARD_PROBLEMS, **REPOSITORY_PROBLEMS}

TRANSIENT = frozenset({"unreachable"})
"""Problems that another run may mend: their shards are tried again."""


def problem_code(problem: str) -> str:
    """The code of a problem.

    Examples
    --------
    >>> problem_code("renamed: new/name")
    'renamed'
    """
    return problem.split(":", 1)[0]


def problem_codes(problems: Iterable[str] | None) -> set[str]:
    """The codes of all problems of a row.

    Examples
    --------
    >>> problem_codes(["renamed: new/name"])
    {'renamed'}
    """
    return set(map(problem_code, problems or ()))


def is_transient(row: Mapping[str, Any]) -> bool:
    """Whether another try may mend what is wrong with a row.

    Examples
    --------
    >>> is_transient({"problems": ["unreachable: 502"]})
    True
    """
    return not problem_codes(row["problems"]).isdisjoint(TRANSIENT)


def explain_problem(problem: str) -> str:
    """A problem in words, with its detail.

    Examples
    --------
    >>> explain_problem("renamed: new/name")
    'the repository has a new name, which is studied in its place (new/name)'
    """
    name, _, detail = problem.partition(":")
    words = PROBLEMS.get(name, name)
    return f"{words} ({detail.strip()})" if detail else words
