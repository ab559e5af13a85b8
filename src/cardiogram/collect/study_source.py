"""Where a study's models come from, as it is asked and as `study.toml` keeps it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cardiogram.collect.bulk import FILTERS, Asked
from cardiogram.collect.sample import Sample
from cardiogram.collect.sources import Kind, kind_of, name_source
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import Query
from cardiogram.names import CardType
from cardiogram.store import Row, Study


@dataclass(frozen=True, slots=True)
class Source:
    """Where a study's models come from.

    Attributes
    ----------
    path
        A .jsonl, .jsonl.gz or .parquet file of cards, a folder of README.md or of .parquet files,
        `hf://datasets/OWNER/NAME/...` of these, or a .txt file of ids to look up on the Hub; None
        lists the Hub.
    query
        What to list, where the Hub is listed; of Parquet files all but the order counts, and
        `since` is about changes; elsewhere only the limit.
    sample
        Which of the listed models are studied.
    type
        Whose cards they are. Cards of datasets come from files only.
    also
        Further Parquet sources, joined on the id; of what several say the first counts.
    """

    path: Path | None = None
    query: Query = field(default_factory=Query)
    sample: Sample = field(default_factory=Sample)
    type: CardType = "model"
    also: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Take a path that is written as a text for one."""
        if isinstance(self.path, str):
            object.__setattr__(self, "path", Path(self.path))

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Source:
        """The source that a study was begun with.

        Raises
        ------
        DataError
            There is no study yet, so there is nothing to continue.
        """
        if not manifest:
            raise DataError(
                "nothing was asked of this study yet",
                hint="Say what to study: --limit 100, --author NAME or --from FILE; in Python a "
                "path or a Source after the folder.",
            )
        try:
            asked = dict(manifest.get("query", {}))
            if "since" in asked:
                asked["since"] = date.fromisoformat(asked["since"])
            path = manifest["source"].get("path")
            return cls(
                None if path is None else Path(path),
                Query(**asked),
                Sample(**manifest.get("sample", {})),
                "dataset" if manifest.get("type") == "dataset" else "model",
                tuple(map(Path, manifest["source"].get("also", ()))),
            )
        except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
            raise DataError(
                f"study.toml does not say what was asked ({type(error).__name__}: {error})",
                hint="Repeat the options that this study was begun with, or start a new folder.",
            ) from error

    def manifest(self, endpoint: str, kind: Kind | None = None) -> dict[str, object]:
        """What study.toml says was asked."""
        if kind is None:
            kind = "hub" if self.path is None else kind_of(self.path)
        source: Row = {"kind": kind}
        if kind in ("hub", "ids"):
            source["endpoint"] = endpoint
        if self.path is not None:
            source["path"] = name_source(self.path)
        if self.also:
            source["also"] = [*map(name_source, self.also)]
        counted = {"hub": asdict(self.query), "parquet": dict.fromkeys(("limit", *FILTERS))}
        asked = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self.query).items()
            if value is not None and name in counted.get(kind, ("limit",))
        }
        typed = {"type": self.type} if self.type != "model" else {}
        return {**typed, "source": source, "query": asked, "sample": self.sample.manifest()}


def begin_study(study: Study, question: Mapping[str, object]) -> None:
    """Write the question into a new folder, or make sure that it is the same one."""
    known = study.manifest()
    before = {name: known.get(name) for name in question}
    if known and before != dict(question) and has_answer(study):
        changed = [name for name in question if before[name] != question[name]]
        raise DataError(
            f"{str(study.root)!r} holds another study (its {', '.join(changed)} differ: "
            f"{[before[name] for name in changed]})",
            hint="Choose a new folder, or repeat the options that this study was begun with.",
        )
    if before != dict(question):
        for path in study.listing.shards():  # what an earlier question found: nothing
            path.unlink()
        now = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
        packages = ("cardiogram", "huggingface_hub", "pyarrow", "pyromark", "numpy")
        versions = {name: version(name) for name in packages}
        versions["python"] = platform.python_version()
        study.write_manifest({"created_at": now, **question, "versions": versions})


def has_answer(study: Study) -> bool:
    """Whether the earlier question brought something, with which another's answer would mix."""
    return bool(study.models.shards() or study.listing.read(["id"]).num_rows)


def ask_dumps(study: Study, source: Source) -> list[Asked]:
    """All that is asked of Parquet files: first, and with `since` by the runs that went on."""
    question = source.manifest("", "parquet")
    known = study.manifest()
    later: list[Row] = list(known.get("continued", []))
    is_base = all(known.get(name) == value for name, value in question.items())
    goes_on = (
        source.query.since is not None
        and known.get("source", {}).get("kind") == "parquet"
        and known.get("type") == question.get("type")
        and known.get("sample") == question["sample"] == Sample().manifest()
    )
    if not is_base and goes_on and has_answer(study):
        asked = {"source": question["source"], "query": question["query"]}
        if not any({name: link[name] for name in asked} == asked for link in later):
            later.append({**asked, "at": datetime.now(timezone.utc).replace(microsecond=0)})
            study.write_manifest({**known, "continued": later})
    else:
        begin_study(study, question)
    known = study.manifest()
    kept = [*known.get("collected", []), *({} for _ in range(len(later) + 1))]
    links = [{**known, "at": datetime.fromisoformat(known["created_at"].replace("Z", "+00:00"))}]
    return [
        _asked(Source.of(link), link["at"], done)
        for link, done in zip([*links, *known.get("continued", [])], kept, strict=False)
    ]


def _asked(source: Source, moment: datetime, done: Row) -> Asked:
    paths = [path for path in (source.path, *source.also) if path is not None]
    return Asked(tuple(map(name_source, paths)), source.query, source.sample, moment, done)
