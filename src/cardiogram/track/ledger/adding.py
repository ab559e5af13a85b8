"""Begin to watch: models by name, all of an author, or those of a study as donors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from cardiogram.cards import is_studied
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import HubSession, Query, list_counters, read_address, read_counters
from cardiogram.store import Study
from cardiogram.track.ledger.counting import has_counters
from cardiogram.track.ledger.model_ledger import ModelLedger, Watched


@dataclass(frozen=True, slots=True)
class Added:
    """Who is watched from now on.

    Attributes
    ----------
    models, donors
        Names that were added.
    authors
        Authors all of whose models are watched, those to come as well.
    problems
        Why a name was not added, by name.
    watched
        Models and donors in all.
    """

    root: Path
    models: tuple[str, ...]
    donors: int
    authors: tuple[str, ...]
    problems: Mapping[str, str] = field(default_factory=dict)
    watched: int = 0


def add_models(
    ledger: ModelLedger,
    targets: Sequence[str] = (),
    authors: Sequence[str] = (),
    study: Study | None = None,
    *,
    session: HubSession | None = None,
) -> Added:
    """Begin to watch models; the folder is made where there is none.

    Parameters
    ----------
    targets
        Ids or addresses of models.
    authors
        Users and organisations: what they have, and what they will have.
    study
        Its models are watched as donors, those that show what happens anyway.

    Raises
    ------
    ConfigError
        There is nothing to add, or a target is no model.
    HubError
        The Hub did not answer.
    """
    session = session or HubSession()
    ids = [_id(target) for target in targets]
    if not ids and not authors and study is None:
        raise ConfigError("nothing to add", hint="Give OWNER/NAME, --author NAME or --study FOLDER")
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda id: read_counters(session, id), ids))
    problems = {
        id: str(next(iter(row["problems"]), "no_counts"))
        for id, row in zip(ids, rows, strict=True)
        if not has_counters(row)
    }
    models = [Watched(row["id"], row["hub_id"]) for row in rows if has_counters(row)]
    for author in authors:
        pages = list_counters(session, Query(author=author))
        theirs = [Watched(row["id"], row["hub_id"]) for page in pages for row in page.rows]
        if not theirs:
            problems[author] = "no such user, or no model of theirs can be seen"
        models += [model for model in theirs if model.id]
    kept = [author for author in authors if author not in problems]
    donors = _donors(study, {model.id for model in models}) if study else []
    with ledger.lock():
        have = ledger.watched()
        own = {model.hub_id or model.id for model in have if model.role == "own"}
        by_key = {model.hub_id or model.id: model for model in models}
        new = [model for key, model in by_key.items() if key not in own]
        listed = {model.id for model in have}
        donors = [donor for donor in donors if donor.id not in listed]
        if models or kept or donors:
            every = list(dict.fromkeys([*ledger.authors, *kept]))
            settings = {"authors": every} if every else {}
            ledger.watch([*new, *donors], endpoint=session.endpoint, **settings)
        watched = len(ledger.watched())
    return Added(ledger.root, tuple(m.id for m in new), len(donors), tuple(kept), problems, watched)


def _id(target: str) -> str:
    address = read_address(target)
    if address is None or address.of != "model":
        raise ConfigError(f"{target!r} is no model on the Hub", hint="Give OWNER/NAME.")
    return address.id


def _donors(study: Study, others: set[str]) -> list[Watched]:
    if study.type != "model":
        raise DataError(f"{str(study.root)!r} is a study of dataset cards: only models are watched")
    rows = study.models.rows(["id", "problems"])
    ids = dict.fromkeys(row["id"] for row in rows if is_studied(row))
    if not any("/" in id for id in ids):
        raise DataError(
            f"the cards of {str(study.root)!r} have no owner, and so no place on the Hub",
            hint="Only models of the Hub are watched: give a study of them.",
        )
    return [Watched(id, role="donor") for id in ids if id not in others]
