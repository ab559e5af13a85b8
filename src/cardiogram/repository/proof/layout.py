"""Facts, sources and claims as JSON has them: keys that say nothing are left out."""

from __future__ import annotations

import math
from dataclasses import fields

from cardiogram.repository.access import withhold
from cardiogram.repository.fact import Fact, FactSource, RepositoryFacts, Value
from cardiogram.repository.proof.claim import Claim

_LONGEST = 500
"""Characters of a text in a proof; of a longer one its start, which is compared."""


def facts_as_json(facts: RepositoryFacts) -> dict[str, object]:
    """All facts of a repository, its problems and disagreements."""
    return {
        "repo": withhold(facts.repo),
        "commit": facts.commit,
        "facts": [fact_as_json(fact) for fact in facts.facts],
        "problems": [withhold(problem) for problem in facts.problems],
        "disagreements": [
            [fact_as_json(fact), fact_as_json(other)] for fact, other in facts.disagreements
        ],
    }


def fact_as_json(fact: Fact) -> dict[str, object]:
    """One fact with its sources."""
    said = {"unit": fact.unit, "about": withhold(fact.about)}
    return {
        "name": fact.name,
        "value": clean(fact.value),
        **{key: text for key, text in said.items() if text},
        "how": fact.how,
        **({"note": withhold(fact.note)} if fact.note else {}),
        "sources": [source_as_json(source) for source in fact.sources],
    }


def source_as_json(source: FactSource, longest: int | None = None) -> dict[str, object]:
    """One source; with `longest` its texts are cut at so many characters."""
    shown: dict[str, object] = {}
    for field in fields(source):
        value = getattr(source, field.name)
        if field.name in ("pointer", "info") and value:
            shown[field.name] = _pointer(value)
        elif field.name == "value" or value not in ("", 0, False):
            shown[field.name] = clean(value, longest)
    return shown


def _pointer(pointer: str) -> str:
    """A pointer, each part by itself: `/datasets/0` is no place on a disk."""
    return "/".join(withhold(part) for part in pointer.split("/"))


def claim_as_json(claim: Claim) -> dict[str, object]:
    """One claim, with its place as a target of the Web Annotation Data Model."""
    quote = claim.quote
    said = {"unit": claim.unit, "about": withhold(claim.about), "rule": withhold(claim.rule)}
    answered = {"by": withhold(claim.answered_by), "at": claim.answered_at}
    answered = {key: text for key, text in answered.items() if text}
    words = {"exact": quote.exact, "prefix": quote.prefix, "suffix": quote.suffix}
    return {
        "target": {
            "source": "README.md",
            "selector": [
                {"type": "TextQuoteSelector", **words},
                {"type": "TextPositionSelector", "start": quote.start, "end": quote.end},
            ],
        },
        "name": claim.name,
        "value": clean(claim.value, _LONGEST),
        **{key: text for key, text in said.items() if text},
        "how": claim.how,
        **({"answered": answered} if answered else {}),
        "sources": [source_as_json(source, _LONGEST) for source in claim.sources],
    }


def clean(value: object, longest: int | None = None) -> object:
    """A value without secrets and paths of a machine; a number that JSON cannot write is null."""
    if isinstance(value, str):
        text = withhold(value)
        return text if longest is None or len(text) <= longest else text[:longest]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [clean(part, longest) for part in value]
    if isinstance(value, dict):
        return {withhold(str(key)): clean(part, longest) for key, part in value.items()}
    return value


def cut(value: Value) -> object:
    """A value as a proof keeps it."""
    return clean(value, _LONGEST)


_MEASURES = {"parameters": "counted over", "dtypes": "types in", "shapes": "shapes in"}


def name_measure(source: FactSource) -> str:
    """What was measured of a file, where no field of it says the value; "" where one does.

    Examples
    --------
    >>> name_measure(FactSource(7, "model.safetensors", counted="parameters", headers=1))
    'counted over its header'
    """
    if source.size:
        return "its size"
    if not source.counted:
        return ""
    files = f"the headers of {source.headers} files" if source.headers > 1 else "its header"
    return f"{_MEASURES.get(source.counted, 'counted over')} {files}"


def name_place(source: FactSource) -> str:
    """A source in words: its file, the place in it, and whose it is where it is another's.

    Examples
    --------
    >>> name_place(FactSource(12, "config.json", pointer="/num_hidden_layers"))
    'config.json /num_hidden_layers'
    """
    if source.absent:
        return f"{source.repo + ' ' if source.repo else ''}{source.absent}".strip()
    where = source.path or ("the Hub" if source.info else "the repository")
    within = _pointer(source.pointer or source.info) or withhold(source.header)
    if source.line:
        within = f"line {source.line}"
    if measure := name_measure(source):
        within = f"({measure})"
    whose = f" of {source.repo}" if source.repo else ""
    return f"{withhold(where)}{' ' + within if within else ''}{whose}"


def format_value(value: object, longest: int | None = 60) -> str:
    """A value for reading: thousands apart, a list with commas, a long text cut.

    Parameters
    ----------
    longest
        Characters of it; with None nothing is cut.

    Examples
    --------
    >>> format_value(109486854), format_value(["F32", "I32"]), format_value(0.91483)
    ('109,486,854', 'F32, I32', '0.91483')
    """
    inner = 60 if longest is not None else None
    if isinstance(value, bool) or value is None:
        text = {True: "yes", False: "no"}.get(bool(value), "") if value is not None else "nothing"
    elif isinstance(value, int):
        text = f"{value:,}"
    elif isinstance(value, float):
        text = f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    elif isinstance(value, dict):
        text = ", ".join(f"{key}: {format_value(part, inner)}" for key, part in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(format_value(part, inner) for part in value)
    else:
        text = " ".join(withhold(str(value)).split())
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"
