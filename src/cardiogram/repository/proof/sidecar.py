"""README.proof.json: an in-toto Statement about a card, written and read.

Nothing of it is believed: :func:`cardiogram.repository.proof.verify` reads the files again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar, cast

from cardiogram.errors import CardiogramError, DataError
from cardiogram.lazy import regex
from cardiogram.repository.access import RepositoryType, withhold
from cardiogram.repository.fact import FactSource
from cardiogram.repository.facts import NAMES
from cardiogram.repository.formats import read_json
from cardiogram.repository.proof.claim import Claim, Proven, QuoteSelector
from cardiogram.repository.proof.layout import claim_as_json

PROOF = "README.proof.json"
"""The file beside a card."""
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:cardiogram:proof:v1"
"""What the claims mean: docs/reference/proof.md."""

MAX_BYTES = 2 << 20
_MOST_CLAIMS, _MOST_SOURCES, _LONGEST = 1000, 100, 4000
_HOW = ("read", "computed", "answered")
_TYPES = ("model", "dataset", "space")
_FORMS = {
    "path": regex(r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[^\\\0]*"),
    "repo": regex(r"(?:(?:datasets|spaces)/)?(?:[\w-][\w.-]*/)?(?:[\w-][\w.-]*)?"),
    "pointer": regex(r"(?:/.*)?", re.DOTALL),
    "counted": regex(r"(?:parameters|dtypes|shapes)?"),
    "info": regex(r"(?:/.*)?", re.DOTALL),
    "commit": regex(r"(?:[0-9a-f]{7,64})?"),
    "digest": regex(r"(?:sha256:[0-9a-f]{64}|git:[0-9a-f]{40,64})?"),
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proof:
    """The claims of one card, as they were when they were written.

    Attributes
    ----------
    sha256
        Of the README.md that they were made for.
    repo, of, commit
        The repository that was read; `repo` and `commit` are "" where a folder had none.
    """

    sha256: str
    claims: tuple[Claim, ...]
    repo: str = ""
    of: RepositoryType = "model"
    commit: str = ""


def write_proof(proof: Proof) -> bytes:
    """The bytes of README.proof.json: the same claims give the same bytes."""
    claims = sorted(
        (claim_as_json(claim) for claim in proof.claims),
        key=lambda claim: json.dumps(claim, sort_keys=True),
    )
    claims.sort(key=lambda claim: cast(Any, claim)["target"]["selector"][1]["start"])
    where = {"type": proof.of, "id": withhold(proof.repo), "commit": proof.commit}
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "README.md", "digest": {"sha256": proof.sha256}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "repository": {key: text for key, text in where.items() if text},
            "claims": [],
        },
    }
    return f"{_in_lines(statement, claims)}\n".encode("utf-8", "replace")


def _in_lines(statement: object, claims: Sequence[object]) -> str:
    """JSON with a claim a line, so that a change of one is a change of a line."""
    text = json.dumps(statement, indent=1, ensure_ascii=False, allow_nan=False)
    each = (json.dumps(claim, ensure_ascii=False, allow_nan=False) for claim in claims)
    lines = ",\n   ".join(each)
    return text.replace('"claims": []', '"claims": [\n   ' + lines + "\n  ]")


def read_proof(data: bytes) -> Proof:
    """Read README.proof.json.

    Raises
    ------
    DataError
        It is none, of another version, or beyond its bounds.
    """
    if len(data) > MAX_BYTES:
        raise _refused(f"it has {len(data):,} bytes, and a proof has at most {MAX_BYTES:,}")
    try:
        document = read_json(data)
    except CardiogramError as error:
        raise _refused(error.message) from error
    if not isinstance(document, dict) or document.get("_type") != STATEMENT_TYPE:
        raise _refused("it is no in-toto Statement of version 1")
    if (kind := document.get("predicateType")) != PREDICATE_TYPE:
        raise _refused(f"its predicateType is {kind!r:.60}, and {PREDICATE_TYPE!r} is known")
    predicate = _get(document, "predicate", dict)
    where = _get(predicate, "repository", dict)
    of = where.get("type", "model")
    if of not in _TYPES:
        raise _refused(f"a repository of type {of!r:.40}")
    claims = _get(predicate, "claims", list)
    if len(claims) > _MOST_CLAIMS:
        raise _refused(f"it has {len(claims):,} claims, and {_MOST_CLAIMS:,} are read")
    return Proof(
        sha256=_subject(document),
        claims=tuple(_claim(claim, f"claim {n}") for n, claim in enumerate(claims, 1)),
        repo=_text(where, "id", "repository", "repo"),
        of=of,
        commit=_text(where, "commit", "repository", "commit"),
    )


def _subject(document: Mapping[str, object]) -> str:
    for subject in _get(document, "subject", list):
        if isinstance(subject, dict) and subject.get("name") == "README.md":
            digest = _get(subject, "digest", dict).get("sha256")
            if isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest):
                return digest
    raise _refused("no subject README.md with a sha256")


def _claim(claim: object, place: str) -> Claim:
    if not isinstance(claim, dict):
        raise _refused(f"{place} is no object")
    sources = _get(claim, "sources", list, place)
    how = claim.get("how")
    name = _text(claim, "name", place)
    if how not in _HOW:
        raise _refused(f"{place} has how {how!r:.40}")
    if name not in NAMES and how != "answered":
        raise _refused(f"{place} has the name {name!r:.40}, which no fact has")
    if len(sources) > _MOST_SOURCES:
        raise _refused(f"{place} has {len(sources):,} sources")
    answered = claim.get("answered", {})
    if not isinstance(answered, dict):
        raise _refused(f"{place}: 'answered' is no object")
    return Claim(
        quote=_quote(_get(claim, "target", dict, place), place),
        name=name,
        value=claim.get("value"),
        sources=tuple(_source(source, place) for source in sources),
        how=cast(Proven, how),
        unit=_text(claim, "unit", place),
        about=_text(claim, "about", place),
        rule=_text(claim, "rule", place),
        answered_by=_text(answered, "by", place),
        answered_at=_text(answered, "at", place),
    )


def _quote(target: Mapping[str, object], place: str) -> QuoteSelector:
    selectors = {
        selector.get("type"): selector
        for selector in _get(target, "selector", list, place)
        if isinstance(selector, dict)
    }
    words = selectors.get("TextQuoteSelector", {})
    position = selectors.get("TextPositionSelector", {})
    start, end = position.get("start", 0), position.get("end", 0)
    if not (type(start) is type(end) is int and 0 <= start <= end < 1 << 31):
        raise _refused(f"{place}: no position in a text")
    exact = _text(words, "exact", place)
    if not exact.strip():
        raise _refused(f"{place} quotes nothing")
    return QuoteSelector(
        exact, _text(words, "prefix", place), _text(words, "suffix", place), start, end
    )


def _source(source: object, place: str) -> FactSource:
    if not isinstance(source, dict):
        raise _refused(f"{place}: a source is no object")
    line, headers, size = source.get("line", 0), source.get("headers", 0), source.get("size", False)
    if not (type(line) is type(headers) is int) or min(line, headers) < 0 or type(size) is not bool:
        raise _refused(f"{place}: a source has no right line, headers or size")
    texts = {
        field.name: _text(source, field.name, place, field.name)
        for field in fields(FactSource)
        if field.name not in ("value", "line", "headers", "size")
    }
    return FactSource(value=source.get("value"), line=line, headers=headers, size=size, **texts)


def _text(values: Mapping[str, object], key: str, place: str, form: str = "") -> str:
    text = values.get(key, "")
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise _refused(f"{place}: {key!r} is no text of at most {_LONGEST:,} characters")
    if form in _FORMS and not _FORMS[form].fullmatch(text):
        raise _refused(f"{place}: {text!r:.60} is no {key}")
    return text


def _get(values: Mapping[str, object], key: str, kind: type[T], place: str = "it") -> T:
    value = values.get(key)
    if not isinstance(value, kind):
        raise _refused(f"{place} has no {key!r}")
    return value


def _refused(why: str) -> DataError:
    return DataError(
        f"{PROOF} is not believed: {withhold(why)}",
        hint="Write it anew: cardiogram verify --write",
    )
