"""Repositories that a test makes up from files, and the facts that are read of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cardiogram.repository.fact import RepositoryFacts, Value
from cardiogram.repository.facts import NAMES, read_facts
from made_weights import Sparse
from repository_rows import InMemory

Contents = Mapping[str, object]


def made(
    contents: Contents,
    *,
    id: str = "a/b",
    info: Mapping[str, object] | None = None,
    others: Mapping[str, Contents] | None = None,
) -> InMemory:
    """A repository: files as bytes, as text, or as what is written as JSON."""
    models = {("model", name): made(files, id=name) for name, files in (others or {}).items()}
    data = {path: _data(value) for path, value in contents.items()}
    return InMemory(id, data, info=info, others=models)  # type: ignore[arg-type]


def facts_of(contents: Contents, **given: object) -> RepositoryFacts:
    """Facts of a repository, none of whose files is broken; each has a name and a source."""
    facts = read_facts(made(contents, **given))  # type: ignore[arg-type]
    assert not facts.problems, facts.problems
    assert {fact.name for fact in facts.facts} <= NAMES.keys()
    assert all(fact.sources for fact in facts.facts)
    return facts


def values(facts: RepositoryFacts, name: str, about: str = "") -> list[Value]:
    """Values of a name."""
    return [fact.value for fact in facts.named(name, about)]


def value(facts: RepositoryFacts, name: str, about: str = "") -> Value:
    """The one value of a name; None where there is none."""
    given = values(facts, name, about)
    assert len(given) < 2, given
    return given[0] if given else None


def _data(value: object) -> object:
    if isinstance(value, bytes | Sparse):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode()
