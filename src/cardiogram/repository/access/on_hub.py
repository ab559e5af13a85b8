"""A repository of the Hub at one commit, read in few requests and kept on the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from cardiogram.errors import CardiogramError, CardNotFound, DataError, HubError
from cardiogram.hub import (
    ANONYMOUS,
    DiskCache,
    Failure,
    HubSession,
    ask_children,
    ask_commits,
    ask_field,
    ask_file,
    ask_info,
    ask_last_change,
    ask_part,
    ask_places,
    downloaded_file,
    downloaded_snapshot,
    is_content,
    is_offline,
)
from cardiogram.repository.access.folder import FolderRepository
from cardiogram.repository.access.repository import (
    MOST_EARLIER,
    OtherAnswers,
    Repository,
    RepositoryCommit,
    RepositoryFile,
    RepositoryType,
    ask_once,
)

MAX_PART = 16 << 20  # bytes of one call
MAX_FILES = 100_000
MAX_BATCH = 100
_YIELD = 1 << 20
_FETCH = 8 << 20  # of a stream, in one request
_AGAIN = "Run the same command again."


def open_on_hub(
    session: HubSession | None,
    id: str,
    of: RepositoryType = "model",
    revision: str = "main",
    cache: DiskCache | None = None,
) -> Repository:
    """A repository of the Hub, at the commit that a revision names now.

    Where the user is offline, what was read before is used: of this library or of the client.
    Of a session without a login, only what was read without one.

    Parameters
    ----------
    id
        ``owner/name``; an old name leads to the present one.
    revision
        Branch, tag or commit.

    Raises
    ------
    HubError
        There is none, or the Hub does not say.
    """
    session = session or HubSession()
    return _open(session, cache or _cache_of(session), id, of, revision, first=True)


def _cache_of(session: HubSession) -> DiskCache:
    """What is kept of the Hub; what a login has read is not for those who have none."""
    return DiskCache(ANONYMOUS if session.is_anonymous else None)


def _open(
    session: HubSession,
    cache: DiskCache,
    id: str,
    of: RepositoryType,
    revision: str,
    *,
    first: bool,
) -> Repository:
    """Open a repository; the `first` is asked for more than those that it names."""
    name = f"info/{session.endpoint}/{of}/{id}/{revision}"
    if is_offline():
        return _open_offline(session, cache, name, id, of, revision)
    info = ask_info(session, id, of, revision)
    if isinstance(info, Failure):
        raise info.error
    if first and "gguf" not in info and _has_gguf(info):
        info["gguf"] = ask_field(session, info["id"], "gguf")
    kept = json.dumps(info, ensure_ascii=False).encode("utf-8", "replace")  # no lone surrogates
    cache.write(name, kept)
    return HubRepository(session, cache, of, json.loads(kept))


def _open_offline(
    session: HubSession, cache: DiskCache, name: str, id: str, of: RepositoryType, revision: str
) -> Repository:
    kept = cache.read(name)
    if kept is not None:
        return HubRepository(session, cache, of, json.loads(kept))
    snapshot = None if session.is_anonymous else downloaded_snapshot(id, of, revision)
    if snapshot is None:
        raise HubError(
            f"the Hub is not asked (offline mode), and {id!r} was not read before",
            hint="unset HF_HUB_OFFLINE",
        )
    folder, commit = snapshot
    return FolderRepository(folder, of=of, id=id, commit=commit, within=folder.parent.parent)


class HubRepository:
    """See :class:`Repository`; made by :func:`open_on_hub`."""

    def __init__(
        self,
        session: HubSession,
        cache: DiskCache,
        of: RepositoryType,
        info: Mapping[str, object],
    ) -> None:
        self.id: str = str(info["id"])
        self.of = of
        self.commit: str = str(info["sha"])
        self.info = info
        self.files: dict[str, RepositoryFile] = _files(info.get("siblings"))
        self._session, self._cache = session, cache
        self._contents: dict[str, bytes] = {}
        self._places: dict[str, str] = {}
        self._cached = True
        self._others: OtherAnswers = {}
        self._children: dict[tuple[str, int], Sequence[str]] = {}
        self._refusal: CardiogramError | None = None
        self._history: tuple[RepositoryCommit, ...] | None = None

    def __repr__(self) -> str:
        return f"HubRepository({self.id!r}, {self.of!r}, {self.commit[:7]!r})"

    @property
    def history(self) -> Sequence[RepositoryCommit]:
        """Commits, newest first."""
        if self._history is None:
            name = f"commits/{self._session.endpoint}/{self.of}/{self.id}/{self.commit}"
            kept = self._cache.read(name)  # the history of a commit never changes
            if kept is None:
                rows = ask_commits(self._session, self.id, self.of, self.commit)
                if isinstance(rows, Failure):
                    raise rows.error
                kept = json.dumps(
                    [[str(row.get(key) or "") for key in ("id", "date", "title")] for row in rows]
                ).encode()
                self._cache.write(name, kept)
            self._history = tuple(RepositoryCommit(*row) for row in json.loads(kept))
        return self._history

    def earlier(self, path: str) -> Iterator[tuple[RepositoryCommit, bytes]]:
        """A file as it was before each commit that changed it."""
        history = self.history
        number = {commit.id: place for place, commit in enumerate(history)}
        place = 0
        for _ in range(MOST_EARLIER if history else 0):
            wrote = ask_last_change(self._session, self.id, self.of, history[place].id, path)
            place = number.get(wrote, place) + 1  # the commit before the one that wrote it
            if place >= len(history):
                return
            at = (self._session, self.id, self.of, history[place].id, path, MAX_PART)
            data = ask_file(*at) if self._cached else ask_file(*at, cached=False)
            if isinstance(data, bytes):
                yield history[place], data

    def children(self, relation: str = "quantized", limit: int = 5) -> Sequence[str]:
        """Models whose cards name this one as their base."""
        if (relation, limit) not in self._children:
            ids = ask_children(self._session, self.id, relation, limit)
            if isinstance(ids, Failure):
                raise ids.error
            self._children[relation, limit] = ids
        return self._children[relation, limit]

    def read(self, path: str, limit: int = MAX_PART) -> bytes:
        """A whole file."""
        data = self._contents.get(path)
        size = self._file(path).size if data is None else len(data)
        if size > limit:
            raise DataError(f"{path!r} has {size} bytes, more than the {limit} that are read")
        if data is None:
            data = self._contents[path] = self._whole(self._file(path), limit)
        return data

    def read_part(self, path: str, start: int, stop: int) -> bytes:
        """Bytes of a file."""
        file = self._file(path)
        if not 0 <= start <= stop <= start + MAX_PART:
            raise DataError(f"no part of {path!r} from {start} to {stop} is read")
        stop = min(stop, file.size)
        if start >= stop:
            return b""
        if path in self._contents or file.digest.startswith("git:"):
            return self.read(path)[start:stop]
        name = f"part/{self._session.endpoint}/{file.digest}/{start}-{stop}"
        data = self._cache.read(name) if file.digest else None
        if data is None:
            data = self._part(file, start, stop)
            if file.digest:
                self._cache.write(name, data)
        return data

    def stream(self, path: str) -> Iterator[bytes]:
        """A file in parts of about 1 MiB."""
        file = self._file(path)
        if path in self._contents or (file.digest.startswith("git:") and file.size <= MAX_PART):
            data = self.read(path)
            yield from (data[at : at + _YIELD] for at in range(0, len(data), _YIELD))
            return
        for start in range(0, file.size, _FETCH):
            data = self._part(file, start, min(start + _FETCH, file.size))
            yield from (data[at : at + _YIELD] for at in range(0, len(data), _YIELD))

    def other(self, id: str, of: RepositoryType = "model") -> Repository | None:
        """Another repository of the Hub, or None."""
        if (id, of) == (self.id, self.of):
            return self
        return ask_once(
            self._others, id, of, lambda: other_on_hub(self._session, id, of, self._cache)
        )

    def _file(self, path: str) -> RepositoryFile:
        if path not in self.files:
            hint = "cardiogram improve drafts a model's first card." if path == "README.md" else ""
            raise CardNotFound(f"no {path!r} in {self.id!r}", hint=hint)
        return self.files[path]

    def _whole(self, file: RepositoryFile, limit: int) -> bytes:
        name = f"blob/{file.digest}"
        if file.digest:
            data = self._cache.read(name) or self._downloaded(file)
            if data is not None and is_content(data, file.digest):
                return data
        if file.digest.startswith("sha256:"):
            parts = (
                self._part(file, start, min(start + MAX_PART, file.size))
                for start in range(0, file.size, MAX_PART)
            )
            data = b"".join(parts)
        else:
            data = self._small(file, limit)
        if len(data) != file.size or not is_content(data, file.digest):
            raise HubError(f"something else came in place of {file.path!r}", hint=_AGAIN)
        if file.digest:
            self._cache.write(name, data)
        return data

    def _downloaded(self, file: RepositoryFile) -> bytes | None:
        """The file from the client's own cache."""
        if self._session.is_anonymous:
            return None
        path = downloaded_file(self.id, self.of, self.commit, file.path)
        try:
            return None if path is None or path.stat().st_size != file.size else path.read_bytes()
        except OSError:
            return None

    def _small(self, file: RepositoryFile, limit: int) -> bytes:
        if self._refusal is not None:
            raise self._refusal
        place = (self._session, self.id, self.of, self.commit, file.path, limit)
        if self._cached:
            data = ask_file(*place)
            if isinstance(data, bytes):
                return data
            if data.problem.startswith(("gated", "unreachable")):
                self._refuse(file.path, data)
            self._cached = False  # a Hub without that cache
        data = ask_file(*place, cached=False)
        return self._refuse(file.path, data) if isinstance(data, Failure) else data

    def _part(self, file: RepositoryFile, start: int, stop: int) -> bytes:
        if self._refusal is not None:
            raise self._refusal
        if file.path not in self._places:
            self._find_places(file)
        place, commit = self._places[file.path], self.commit
        span = (start, stop)
        answer = ask_part(self._session, self.id, self.of, commit, file.path, span, place)
        if isinstance(answer, Failure):
            self._refuse(file.path, answer)
        if len(answer.body) != stop - start:
            raise HubError(f"{file.path!r} in {self.id!r} came cut short", hint=_AGAIN)
        self._places[file.path] = answer.url
        return answer.body

    def _find_places(self, file: RepositoryFile) -> None:
        """Ask where a large file lies, and those that are likely to be read with it."""
        self._places[file.path] = ""
        suffix = file.path.rpartition(".")[2]
        like = {
            other.path: other
            for other in self.files.values()
            if other.path.endswith("." + suffix) and other.digest.startswith("sha256:")
        }
        if 1 < len(like) <= MAX_BATCH:  # else the file's own address is as good
            sizes = {other.digest[7:]: other.size for other in like.values()}
            places = ask_places(self._session, self.id, self.of, sizes)
            for path, other in like.items():
                self._places[path] = places.get(other.digest[7:], "")

    def _refuse(self, path: str, failure: Failure) -> NoReturn:
        if failure.problem == "no_readme":
            raise CardNotFound(f"no {path!r} in {self.id!r} at {self.commit[:7]}")
        if not failure.problem.startswith("unreachable"):  # gated, disabled: so are all its files
            self._refusal = failure.error
        raise failure.error


def _has_gguf(info: Mapping[str, object]) -> bool:
    return any(path.endswith(".gguf") for path in _files(info.get("siblings")))


def other_on_hub(
    session: HubSession, id: str, of: RepositoryType, cache: DiskCache | None = None
) -> Repository | None:
    """A repository of the Hub; None where the Hub knows of none (or shows none to this login)."""
    if session.lost is not None:  # each call would wait for its tries again
        raise session.lost
    try:
        return _open(session, cache or _cache_of(session), id, of, "main", first=False)
    except CardNotFound:
        return None


def _files(siblings: object) -> dict[str, RepositoryFile]:
    """The files that the Hub lists, without names that lead elsewhere."""
    files: dict[str, RepositoryFile] = {}
    for entry in siblings[:MAX_FILES] if isinstance(siblings, list) else ():
        entry = entry if isinstance(entry, dict) else {}
        path, lfs = entry.get("rfilename"), entry.get("lfs")
        large = lfs if isinstance(lfs, dict) else {}
        size = large.get("size", entry.get("size"))
        if not isinstance(path, str) or not is_inside(path) or type(size) is not int or size < 0:
            continue
        digest = f"git:{entry['blobId']}" if isinstance(entry.get("blobId"), str) else ""
        if isinstance(large.get("sha256"), str):
            digest = f"sha256:{large['sha256']}"
        files[path] = RepositoryFile(path, size, digest)
    return dict(sorted(files.items()))


def is_inside(path: str) -> bool:
    """Whether a path stays in its repository.

    Examples
    --------
    >>> is_inside("unet/config.json"), is_inside("../config.json")
    (True, False)
    """
    parts = path.split("/")
    return (
        0 < len(path) <= 1024
        and not any(part in ("", ".", "..") for part in parts)
        and "\\" not in path
        and path.isprintable()
    )
