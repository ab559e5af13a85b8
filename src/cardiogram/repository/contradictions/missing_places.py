"""Repositories and files that a card names, and that are not there."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from typing import cast

from cardiogram.repository.access import RepositoryType
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import (
    Known,
    contradiction,
    same_start,
    sources_of,
)
from cardiogram.repository.fact import FactSource
from cardiogram.repository.statements import Statement

_KEYS: tuple[tuple[str, RepositoryType, str], ...] = (
    ("base_model", "model", "base model"),
    ("dataset", "dataset", "data set"),
)
_MAX_FILES = 200
_PREFIX = {"model": "", "dataset": "datasets/", "space": "spaces/"}


def find_missing_keys(known: Known) -> Iterator[Contradiction]:
    """Base models and data sets of the front matter that the Hub does not have."""
    for kind, of, what in _KEYS:
        for statement in known.said(kind, "front matter"):
            id = str(statement.value)
            if not _is_id(id) or known.other(id, of) != "missing":
                continue
            if kind == "base_model":
                known.missing_bases.add(id)
            absent, instead = FactSource(None, absent=_PREFIX[of] + id), _instead(known, kind)
            others = sources_of(known.named((kind,)))
            yield contradiction(
                statement,
                (absent, *others),
                f"The Hub shows no {what} {id!r}{instead}.",
                sure=kind != "base_model" or bool(instead),  # it may be private
            )


def _instead(known: Known, kind: str) -> str:
    values = list(dict.fromkeys(str(f.value) for f in known.named((kind,))))
    single = len(known.said(kind, "front matter")) == 1  # of several it may stand there already
    return f"; files of this repository name {values[0]!r}" if values and single else ""


def _is_id(text: str) -> bool:
    owner, slash, name = text.partition("/")
    return bool(slash and owner and name) and "/" not in name and not text.startswith((".", "/"))


def find_missing_ids(known: Known) -> Iterator[Contradiction]:
    """Ids that snippets load and links lead to, and that the Hub does not have."""
    if known.repository is None:
        return
    own = {known.repository.id.lower(), known.card.id.lower()} - {""}
    named = {str(s.value).lower() for k, _, _ in _KEYS for s in known.said(k, "front matter")}
    said = [*known.said("repository"), *known.said("dataset", "text")]
    for statement in sorted(said, key=lambda s: not s.certain):
        id = str(statement.value)
        if id.lower() in own | named:
            continue
        of = cast(RepositoryType, statement.about or "dataset")
        if known.other(id, of) != "missing":
            continue
        yield contradiction(
            statement,
            (FactSource(None, absent=_PREFIX[of] + id),),
            _why_missing(known, statement),
            sure=statement.certain and _is_of_owner(known, id),
        )


def find_other_snippets(known: Known) -> Iterator[Contradiction]:
    """Snippets that load a sister of this model, or its files from there, where none loads it."""
    own = known.repository.id if known.repository and known.repository.id else known.card.id
    owner, _, name = own.lower().partition("/")
    shown = re.search(rf"{re.escape(own)}(?![\w-])", known.card.text, re.I)
    if not name or shown:
        return
    listed = {str(s.value).lower() for k, _, _ in _KEYS for s in known.said(k)}
    ours = [path.rpartition("/")[2] for path in known.files if path.endswith(".gguf")]
    for statement in known.said("repository", "code"):
        theirs, _, other = str(statement.value).lower().partition("/")
        if statement.about != "model" or theirs != owner or f"{theirs}/{other}" in listed:
            continue
        same = same_start(name, other) >= 0.6 * max(len(name), len(other))
        if (
            statement.certain
            and other != name
            and (same or any(f in statement.quote for f in ours))
        ):
            yield contradiction(
                statement,
                (FactSource(own, info="/id"),),
                f"The snippet loads {str(statement.value)!r}; this repository is {own!r}.",
                sure=False,
            )
            return


def _why_missing(known: Known, statement: Statement) -> str:
    id = str(statement.value)
    own = known.repository.id if known.repository else ""
    here = f"; this repository is {own!r}" if own and _is_of_owner(known, id) else ""
    return f"The Hub shows no {statement.about or 'data set'} {id!r}{here}."


def _is_of_owner(known: Known, id: str) -> bool:
    own = known.repository.id if known.repository else known.card.id
    return id.partition("/")[0].lower() == own.partition("/")[0].lower()


def find_missing_files(known: Known) -> Iterator[Contradiction]:
    """Files that the card offers or loads, and that the repository does not hold."""
    files = {path.lower() for path in known.files}
    if not files:
        return
    bases = {path.rpartition("/")[2] for path in files}
    endings = {name.rpartition(".")[2] for name in bases}
    for statement in known.said("file")[:_MAX_FILES]:
        file = str(statement.value).lower().removeprefix("./")
        if _is_there(file, files, bases):
            continue
        ending = file.rpartition(".")[2]
        offered = ending in endings or ending in ("json", "txt", "yaml", "yml")
        if statement.place in ("code", "table") and not offered:
            continue
        yield contradiction(
            statement,
            (FactSource(None, absent=str(statement.value)),),
            f"The repository has no file {str(statement.value)!r}.",
            sure=statement.certain,
        )


def _is_there(file: str, files: set[str], known: set[str]) -> bool:
    if "*" in file:
        return any(fnmatch.fnmatchcase(path, file) for path in files)
    name = file.rpartition("/")[2]
    return file in files or name in known or any(path.startswith(f"{file}/") for path in files)
