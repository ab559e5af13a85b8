"""The 14 repositories of ../shared in memory, and what is expected of them; no server is asked.

`repositories()` gives every model repository of the rows by its id, base models too;
`Repository.other` finds the others, datasets and Spaces. Each call gives the same objects.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from cardiogram.errors import AccessDenied, CardNotFound, DataError
from cardiogram.repository.access import (
    Repository,
    RepositoryCommit,
    RepositoryFile,
    RepositoryType,
)
from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.facts import Files
from support import SHARED

ROWS = SHARED / "hubserver" / "data-repositories"
needs_rows = pytest.mark.skipif(not ROWS.is_dir(), reason="the shared repositories are not here")


def repositories(*, fourteen: bool = False) -> dict[str, Repository]:
    """Model repositories by id; with `fourteen`, those alone that `planted` speaks of."""
    kept = expected() if fourteen else None
    return {
        id: _in_memory(of, id)
        for of, id in _hub().repos
        if of == "model" and (kept is None or id in kept)
    }


def data_repositories() -> dict[str, Repository]:
    """Data sets by id."""
    return {id: _in_memory(of, id) for of, id in _hub().repos if of == "dataset"}


def planted(id: str) -> dict[str, Any]:
    """Facts, contradictions, traps and unsupported statements of one of the 14."""
    return expected()[id]


@cache
def expected() -> dict[str, dict[str, Any]]:
    """What is expected of each of the 14, by id."""
    if not ROWS.is_dir():
        pytest.skip("the shared repositories are not here")
    made: dict[str, dict[str, Any]] = json.loads(
        (ROWS / "repositories-expected.json").read_bytes()
    )["repositories"]
    return made


@cache
def _hub() -> Any:
    """The stand-in's own model of the Hub, without its server."""
    if not ROWS.is_dir():
        pytest.skip("the shared repositories are not here")
    if str(SHARED) not in sys.path:
        sys.path.append(str(SHARED))
    from hubserver.model import Hub

    return Hub([ROWS / "repositories.jsonl.gz"])


@cache
def _in_memory(of: RepositoryType, id: str) -> InMemory:
    from hubserver.views import INFO, repo_view

    repo = _hub().repos[of, id]
    head = repo.resolve("main")
    names = {
        *INFO,
        *("gguf", "evalResults", "transformersInfo", "widgetData", "childrenModelCount"),
    }
    info = repo_view(repo, head, names if of == "model" else INFO, blobs=True)
    contents = {path: blob.data for path, blob in head.tree.items()}
    digests = {
        p: f"sha256:{b.sha256}" if b.sha256 else f"git:{b.oid}" for p, b in head.tree.items()
    }
    history = [RepositoryCommit(c.oid, c.date, c.title) for c in repo.history(head)]
    return InMemory(id, contents, of, head.oid, info, digests, history)


class InMemory:
    """A repository whose files are given as bytes; also for cases that a test invents.

    Examples
    --------
    >>> made = InMemory("a/b", {"config.json": b"{}"})
    >>> made.read("config.json")
    b'{}'
    """

    def __init__(
        self,
        id: str,
        contents: Mapping[str, Any],
        of: RepositoryType = "model",
        commit: str = "",
        info: Mapping[str, object] | None = None,
        digests: Mapping[str, str] | None = None,
        history: Sequence[RepositoryCommit] = (),
        others: Mapping[tuple[RepositoryType, str], Repository] | None = None,
    ) -> None:
        self.id, self.of, self.commit, self.info = id, of, commit, info or {}
        self.contents, self.history, self._others = contents, history, others
        self.files = {
            path: RepositoryFile(path, len(data), (digests or {}).get(path, ""))
            for path, data in sorted(contents.items())
        }
        self.reads: list[str] = []
        self.before: dict[str, Sequence[tuple[RepositoryCommit, bytes]]] = {}

    def read(self, path: str, limit: int = 16 << 20) -> bytes:
        data = self._content(path)
        if len(data) > limit:
            raise DataError(f"{path!r} has {len(data)} bytes, more than {limit}")
        return bytes(data[0 : len(data)])

    def read_part(self, path: str, start: int, stop: int) -> bytes:
        assert 0 <= start <= stop <= start + (16 << 20)
        return bytes(self._content(path)[start:stop])

    def stream(self, path: str) -> Iterator[bytes]:
        for start in range(0, self.files[path].size, 1 << 20):
            yield self._content(path)[start : start + (1 << 20)]

    def other(self, id: str, of: RepositoryType = "model") -> Repository | None:
        if self._others is not None:
            return self._others.get((of, id))
        hub = _hub()
        id = hub.renamed.get((of, id), id)
        return _in_memory(of, id) if (of, id) in hub.repos else None

    def earlier(self, path: str) -> Iterator[tuple[RepositoryCommit, bytes]]:
        return iter(self.before.get(path, ()))

    def children(self, relation: str = "quantized", limit: int = 5) -> Sequence[str]:
        if self._others is not None:
            return []
        tag = f"base_model:{relation}:{self.id}"
        models = (r for (of, _), r in _hub().repos.items() if of == "model")
        return [r.id for r in models if tag in r.meta.get("tags", ())][:limit]

    def _content(self, path: str) -> Any:
        self.reads.append(path)
        if self.info.get("gated"):
            raise AccessDenied(f"{self.id!r} is gated and this login was not let in")
        if path not in self.contents:
            raise CardNotFound(f"no {path!r} in {self.id!r}")
        return self.contents[path]


def check_sources(repository: Repository, facts: Iterable[Fact]) -> None:
    """Assert that every place in the repository's own files holds what its source says."""
    files = Files(repository)
    for source in (source for fact in facts for source in fact.sources if not source.repo):
        if source.pointer:
            parts = [p.replace("~1", "/").replace("~0", "~") for p in source.pointer.split("/")[1:]]
            assert files.value(source.path, *parts) == source.value, source
        elif source.line:
            assert source.quote, source
            assert source.quote in files.lines(source.path)[source.line - 1], source
        elif source.path.endswith(".safetensors") and source.header:
            assert source.header in files.safetensors(source.path).metadata, source  # type: ignore[union-attr]
        elif source.path.endswith(".gguf") and source.header:
            assert source.header in files.gguf(source.path).values, source  # type: ignore[union-attr]
        elif source.counted:
            check_count(files, source)
        elif source.size:
            assert repository.files[source.path].size == source.value, source


def check_count(files: Files, source: FactSource) -> None:
    """Assert that what was counted over so many files is what their headers hold."""
    shards = sorted({*files.mapping(source.path, "weight_map").values()} or {source.path})
    paths = [str(shard) for shard in shards]
    read = files.gguf if source.path.endswith(".gguf") else files.safetensors
    tensors = [t for path in paths for t in read(path).tensors]  # type: ignore[union-attr]
    assert source.headers == len(paths), source
    if source.counted == "parameters":
        assert source.value == sum(tensor.numbers for tensor in tensors), source
    elif source.counted == "dtypes":
        assert source.value == sorted({tensor.dtype for tensor in tensors}), source
