"""Check one card: its rating and the gaps that cost it most."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.problems import code, explain
from cardiogram.errors import AccessDenied, CardNotFound, ConfigError, HubError
from cardiogram.hub import HubSession, read_model, read_readme
from cardiogram.judge.embedded import EmbeddedJudge, embedded_judge
from cardiogram.judge.explain import Gap, find_gaps
from cardiogram.judge.rating import Rating

_MODEL_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+|[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Checked:
    """A card with its rating.

    Attributes
    ----------
    target
        What was asked: a model id, a path, or "-".
    path
        The file, where there is one.
    gaps
        Everything that is missing, the costliest first.
    """

    target: str
    card: Card
    rating: Rating
    gaps: tuple[Gap, ...]
    path: str = ""


def check(
    target: str,
    *,
    data: bytes | None = None,
    id: str = "",
    judge: EmbeddedJudge | None = None,
    session: HubSession | None = None,
) -> Checked:
    """Rate one card and find its gaps.

    Parameters
    ----------
    target
        A path of a README or of a folder with one, or the id of a model on the Hub.
    data
        The card itself, where it is neither on the disk nor on the Hub.
    id
        The model's id, where `target` is not it.

    Raises
    ------
    ConfigError
        The target is neither a file nor a model's id.
    HubError
        The Hub has no such card, or does not give it.
    """
    path = Path(target)
    if data is not None:
        card, place = parse_card(data, id=id), ""
    elif path.exists():
        card, place = _read_file(path, id)
    elif _MODEL_ID.fullmatch(target) and not target.endswith(".md"):
        card, place = _read_hub(target, session or HubSession()), ""
    else:
        raise ConfigError(
            f"no file {target!r}, and it is not a model's id",
            hint="Give a README.md, a folder with one, OWNER/NAME on the Hub, or - for stdin.",
        )
    judge = judge or embedded_judge()
    (rating,) = judge.rate([card])
    return Checked(target, card, rating, find_gaps(card, judge.expect), place)


def _read_file(path: Path, id: str) -> tuple[Card, str]:
    if path.is_dir():
        path = path / "README.md"
    try:
        return parse_card(path.read_bytes(), id=id), str(path)
    except OSError as error:
        raise ConfigError(f"cannot read {str(path)!r}: {error.strerror}") from error


def _read_hub(target: str, session: HubSession) -> Card:
    row = read_model(session, target)
    _refuse(target, [p for p in row["problems"] if code(p) != "renamed"])
    readme = read_readme(session, target)
    _refuse(target, [readme.problem] if readme.problem else [])
    return parse_card(
        readme.data or b"",
        id=row["id"],
        tags=row["tags"] or (),
        pipeline_tag=row["pipeline_tag"],
        library_name=row["library_name"],
    )


def _refuse(target: str, problems: list[str]) -> None:
    """Raise the error that a repository's problem is for somebody who asked for this one."""
    for problem in problems:
        words = f"{target}: {explain(problem)}"
        if code(problem) in ("not_found", "no_readme"):
            raise CardNotFound(words, hint="Check the id. Private repository? hf auth login")
        if code(problem) in ("gated", "disabled"):
            raise AccessDenied(
                words, hint="Ask for access on the model's page, then: hf auth login"
            )
        if code(problem) == "unreachable":
            raise HubError(words, hint="Try again in a minute.")
