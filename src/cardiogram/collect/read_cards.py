"""One card from the Hub, or the reason why not."""

from __future__ import annotations

from cardiogram.cards import Card, explain_problem, parse_card, problem_code
from cardiogram.errors import AccessDenied, CardNotFound, HubError
from cardiogram.hub import HubSession, read_model, read_readme
from cardiogram.names import CardType


def read_card(target: str, session: HubSession | None = None, of: CardType = "model") -> Card:
    """Read the card of a model or dataset.

    Raises
    ------
    HubError
        There is no such card, or the Hub does not give it.
    """
    read = _read_model if of == "model" else _read_dataset
    return read(target, session or HubSession())


def _read_model(target: str, session: HubSession) -> Card:
    row = read_model(session, target)
    _refuse(target, [p for p in row["problems"] if problem_code(p) != "renamed"])
    readme = read_readme(session, target)
    _refuse(target, [readme.problem] if readme.problem else [])
    return parse_card(
        readme.data or b"",
        id=row["id"] or target,
        tags=row["tags"] or (),
        pipeline_tag=row["pipeline_tag"],
        library_name=row["library_name"],
    )


def _read_dataset(target: str, session: HubSession) -> Card:
    readme = read_readme(session, target.removeprefix("datasets/"), of="dataset")
    _refuse(target, [readme.problem] if readme.problem else [])
    return parse_card(readme.data or b"", id=readme.id)


def _refuse(target: str, problems: list[str]) -> None:
    """Raise the error that a repository's problem is for somebody who asked for this one."""
    for problem in problems:
        words = f"{target}: {explain_problem(problem)}"
        if problem_code(problem) in ("not_found", "no_readme"):
            raise CardNotFound(words, hint="Check the id. Private repository? hf auth login")
        if problem_code(problem) in ("gated", "disabled"):
            raise AccessDenied(
                words, hint="Ask for access on the model's page, then: hf auth login"
            )
        if problem_code(problem) == "unreachable":
            raise HubError(words, hint="Try again in a minute.")
