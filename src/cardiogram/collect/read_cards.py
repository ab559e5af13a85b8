"""Cards, parsed: of a study, of a file or folder of cards, or one from the Hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from cardiogram.cards import (
    Card,
    explain_problem,
    parse_card,
    parse_row,
    problem_code,
    stored_cards,
)
from cardiogram.cards.features import count_features, kinds_of, language_of, length_name, length_of
from cardiogram.collect.sources import read_source
from cardiogram.errors import AccessDenied, CardiogramError, CardNotFound, DataError, HubError
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
from cardiogram.store import Row, Study


def read_cards(source: Path) -> Iterator[Card]:
    """Every card of a study folder or of a source of :mod:`cardiogram.collect.sources`."""
    if source.is_dir() and Study(source).manifest_path.exists():
        study = Study.open(source)
        for _, card in stored_cards(study, study.models.rows()):
            yield card
        return
    for row in read_source(source):
        if row["data"] is not None:
            yield parse_row(row, row["data"])


def draw_cards(cards: list[Card], count: int, seed: int, source: Path) -> list[Card]:
    """Some of the cards of a source, drawn by seed; all of them where there are no more.

    Raises
    ------
    DataError
        There is no card.
    """
    if not cards:
        raise DataError(f"no cards in {str(source)!r}")
    if len(cards) <= count:
        return cards
    chosen = np.random.default_rng(seed).choice(len(cards), count, replace=False)
    return [cards[place] for place in sorted(chosen.tolist())]


def strata_of(card: Card) -> list[tuple[str, str]]:
    """Kind, length and language of a card, each with its label; a card may be of several kinds."""
    kinds = [("kind", name) for name in kinds_of(card, count_features(card))]
    length = ("length", length_name(length_of(card)))
    return [*kinds, length, ("language", language_of(card))]


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
