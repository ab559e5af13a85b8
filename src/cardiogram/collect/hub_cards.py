"""Cards of the Hub, parsed: one, or all of an owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cardiogram.cards import Card, explain_problem, parse_card, parse_row, problem_code
from cardiogram.errors import AccessDenied, CardiogramError, CardNotFound, HubError
from cardiogram.hub import (
    HubSession,
    Query,
    Readme,
    list_pages,
    read_model,
    read_readme,
    read_readmes,
)
from cardiogram.names import CardType
from cardiogram.progress import Progress, silent

if TYPE_CHECKING:
    from cardiogram.store import Row


def read_card(
    target: str,
    session: HubSession | None = None,
    of: CardType = "model",
    revision: str = "main",
) -> Card:
    """Read the card of a model or dataset.

    Parameters
    ----------
    revision
        Branch, tag or commit of the card; what the Hub says of the model is of today.

    Raises
    ------
    HubError
        There is no such card, or the Hub does not give it.
    """
    read = _read_model if of == "model" else _read_dataset
    return read(target, session or HubSession(), revision)


def list_owner(owner: str, session: HubSession | None = None) -> dict[str, Row]:
    """List all models of a user or organisation by id, the most downloaded first.

    Raises
    ------
    HubError
        The Hub did not answer.
    """
    pages = list_pages(session or HubSession(), Query(author=owner))
    return {str(row["id"]): row for page in pages for row in page.rows if row["id"]}


def read_listed(
    rows: Mapping[str, Row], session: HubSession | None = None, on_progress: Progress = silent
) -> Iterator[tuple[Row, Card | CardiogramError]]:
    """Read the cards of models that were listed, in their order.

    Yields
    ------
    tuple
        The model, and its card; the error where it has none, or the Hub does not give it.

    Raises
    ------
    HubError
        The Hub did not answer.
    """
    for count, readme in enumerate(read_readmes(session or HubSession(), rows), 1):
        on_progress("read", count, len(rows))
        row = rows[readme.id]
        try:
            _refuse(readme.id, [readme.problem] if readme.problem else [])
        except CardiogramError as error:
            yield row, error
        else:
            yield row, parse_row(_marked(row, readme), readme.data)


def _read_model(target: str, session: HubSession, revision: str) -> Card:
    row = read_model(session, target)
    _refuse(target, [p for p in row["problems"] if problem_code(p) != "renamed"])
    readme = read_readme(session, target, revision)
    _refuse(target, [readme.problem] if readme.problem else [])
    return parse_row(_marked({**row, "id": row["id"] or target}, readme), readme.data)


def _read_dataset(target: str, session: HubSession, revision: str) -> Card:
    readme = read_readme(session, target.removeprefix("datasets/"), revision, of="dataset")
    _refuse(target, [readme.problem] if readme.problem else [])
    return parse_card(readme.data or b"", id=readme.id, in_lfs=readme.in_lfs)


def _marked(row: Row, readme: Readme) -> Row:
    """A row, with what the reading of its README has shown."""
    return {**row, "problems": [*(row["problems"] or ()), "in_lfs"]} if readme.in_lfs else row


def _refuse(target: str, problems: list[str]) -> None:
    """Raise the error that a repository's problem is for somebody who asked for this one."""
    for problem in problems:
        words = f"{target}: {explain_problem(problem)}"
        if problem_code(problem) == "not_found":
            raise CardNotFound(words, hint="Check the id. Private repository? hf auth login")
        if problem_code(problem) == "no_readme":
            raise CardNotFound(words, hint="cardiogram improve drafts a model's first card.")
        if problem_code(problem) in ("gated", "disabled"):
            raise AccessDenied(
                words, hint="Ask for access on the model's page, then: hf auth login"
            )
        if problem_code(problem) == "unreachable":
            raise HubError(words, hint="Try again in a minute.")
