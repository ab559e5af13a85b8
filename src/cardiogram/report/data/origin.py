"""Where the models of a study come from: its manifest, with every value checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class StudyOrigin:
    """What `study.toml` says of how a study was made; a text is empty where it says nothing.

    Attributes
    ----------
    kind
        Of the source: hub, jsonl, parquet, folder or ids.
    endpoint
        The Hub's address, as it was given.
    hub
        Address that a model's page starts with; None where there is none to link to.
    path
        The file or folder that was read.
    query
        Conditions of the query, as they were given.
    method
        How the models were sampled.
    frame
        How many models were listed; None where nobody counted.
    versions
        Of cardiogram and of what it ran with, by name.
    """

    kind: str
    endpoint: str | None
    hub: str | None
    path: str
    query: Mapping[str, str]
    method: str
    frame: int | None
    seed: str
    created_at: str
    rubric: str
    versions: Mapping[str, str]

    @classmethod
    def of(cls, manifest: Mapping[str, object]) -> StudyOrigin:
        """Read a manifest; what has another type than it should have is left out."""
        source, sample = _table(manifest, "source"), _table(manifest, "sample")
        frame, endpoint = sample.get("frame"), source.get("endpoint")
        versions = {"cardiogram": manifest.get("cardiogram"), **_table(manifest, "versions")}
        return cls(
            kind=_text(source.get("kind")),
            endpoint=None if endpoint is None else _text(endpoint),
            hub=_web_address(_text(endpoint)),
            path=_text(source.get("path")),
            query={key: _text(value) for key, value in _table(manifest, "query").items()},
            method=_text(sample.get("method")),
            frame=frame if isinstance(frame, int) else None,
            seed=_text(sample.get("seed", 0)),
            created_at=_text(manifest.get("created_at")),
            rubric=_text(manifest.get("rubric")),
            versions={name: _text(value) for name, value in versions.items() if value},
        )


def _table(manifest: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = manifest.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _web_address(address: str) -> str | None:
    """The Hub's address, if it is a plain web address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}{quote(parts.path.rstrip('/'))}"
