"""All facts of a repository: every function is asked, and what cannot be read costs itself only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.repository.fact import Fact, RepositoryFacts
from cardiogram.repository.facts.repository_files import FactFunction, Files

if TYPE_CHECKING:
    from cardiogram.cards import Card
    from cardiogram.repository.access import Repository

FUNCTIONS: tuple[FactFunction, ...] = ()


def read_facts(repository: Repository, card: Card | None = None) -> RepositoryFacts:
    """Everything that the files of a repository prove.

    Parameters
    ----------
    card
        Its card as it is being edited, in place of the one that it holds.
    """
    files = Files(repository, card)
    facts = [fact for function in FUNCTIONS for fact in files.facts(function)]
    return RepositoryFacts(
        repo=repository.id,
        commit=repository.commit,
        facts=tuple(facts),
        problems=tuple(dict.fromkeys(files.problems)),
        disagreements=tuple(_disagreements(facts)),
    )


def _disagreements(facts: list[Fact]) -> list[tuple[Fact, Fact]]:
    return []
