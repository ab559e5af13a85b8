"""A git repository on the disk, perhaps a stranger's: what its commits changed, and their files."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.errors import ConfigError, DataError
from cardiogram.lazy import regex

if TYPE_CHECKING:
    import subprocess

MAX_LOG = 256 << 20  # bytes of a history with the names of all files
MAX_COMMITS = 100_000
MAX_BUNDLE = 4 << 30
_BATCH = 32 << 20
_SECONDS, _LOG_SECONDS, _CLONE_SECONDS = 10, 120, 300
_NOTHING = regex("0+")
_LAST_SECOND = 253_402_300_799  # of the year 9999
_ELSEWHERE = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_WORK_TREE",
    }
)
"""Variables, set in a hook, that make git answer for another place than the folder it runs in."""
_SETTINGS = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false"),
    *("-c", "core.commitGraph=false", "-c", "credential.helper=", "-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",  # over all settings: nothing is fetched
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ASKPASS": "",
    "GIT_TERMINAL_PROMPT": "0",
}
_LOG = (
    *("log", "--first-parent", "-m", "--topo-order", "--raw", "-z", "--no-abbrev", "--no-renames"),
    *("--no-relative", "--ignore-submodules=none", "--no-show-signature", "--no-ext-diff"),
    *("--no-textconv", f"-O{os.devnull}", "--encoding=UTF-8", f"--max-count={MAX_COMMITS}"),
    "--format=%H%x00%P%x00%ct%x00%s",
)
"""No setting of the repository makes this run a program, follow a rename or leave a commit out."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that a commit changed: git's ids of it before and after, None where there was none."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class GitCommit:
    """A commit of the main line.

    Attributes
    ----------
    at
        When it was committed, in UTC.
    is_merge
        Whether it brought another line in; `changes` are those since the main line's last one.
    """

    id: str
    at: datetime
    title: str
    changes: tuple[FileChange, ...] = ()
    is_merge: bool = False


@dataclass(frozen=True, slots=True)
class GitClone:
    """A repository on the disk, of which only objects are looked up; made by :func:`open_clone`.

    Attributes
    ----------
    head
        The commit that is read.
    prefix
        The folder's path in the repository: "" or ``models/otter/``.
    is_shallow
        Whether older commits were left out when it was cloned.
    """

    folder: Path
    head: str
    prefix: str = ""
    is_shallow: bool = False

    def commits(self) -> Iterator[GitCommit]:
        """The main line, newest first, by descent and not by date; of a shallow clone all but one.

        Raises
        ------
        DataError
            The history is too long, or a part of it is not here.
        """
        words = ["-c", "log.showRoot=true", *_LOG, self.head, "--"]
        data = run_git(self.folder, *words, limit=MAX_LOG, seconds=_LOG_SECONDS)
        if data is None or len(data) == MAX_LOG:
            raise DataError(f"the history of {str(self.folder)!r} cannot be read whole")
        read = _commits(data)
        waiting = next(read, None)
        for commit in read:  # the oldest of a shallow clone looks as if it had made every file
            if waiting is not None:
                yield waiting
            waiting = commit
        if waiting is not None and not self.is_shallow:
            yield waiting

    def versions(self, path: str, limit: int) -> tuple[GitCommit, ...]:
        """The latest commits that changed one file of the folder, newest first."""
        log = ("--literal-pathspecs", "-c", "log.showRoot=true", *_LOG, f"--max-count={limit}")
        return tuple(_commits(run_git(self.folder, *log, self.head, "--", path) or b""))

    def texts(self, ids: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | None]]:
        """Files by git's ids of them, at most `limit` bytes of each; None where one is not here."""
        wanted = list(dict.fromkeys(ids))
        sizes = self._sizes(wanted)
        batch: list[str] = []
        room = _BATCH
        for id in wanted:
            size = sizes.get(id)
            if size is not None and size <= limit:
                if batch and size > room:
                    yield from self._batch(batch)
                    batch, room = [], _BATCH
                batch.append(id)
                room -= size
                continue
            whole = size is not None
            yield id, run_git(self.folder, "cat-file", "blob", id, limit=limit) if whole else None
        yield from self._batch(batch)

    def _sizes(self, ids: list[str]) -> dict[str, int]:
        stdin = "".join(f"{id}\n" for id in ids).encode()
        words = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)")
        data = run_git(self.folder, *words, stdin=stdin, seconds=_LOG_SECONDS) or b""
        rows = (line.split(" ") for line in data.decode("ascii", "replace").splitlines())
        return {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[1] == "blob"}

    def _batch(self, ids: list[str]) -> Iterator[tuple[str, bytes | None]]:
        """Small files, many in one call."""
        stdin = "".join(f"{id}\n" for id in ids).encode()
        data = run_git(self.folder, "cat-file", "--batch", stdin=stdin, limit=2 * _BATCH) or b""
        place = 0
        for id in ids:
            end = data.find(b"\n", place)
            head = data[place:end].split(b" ") if end >= 0 else []
            if len(head) != 3 or head[0] != id.encode() or not head[2].isdigit():
                yield id, None
                continue
            start = end + 1
            place = start + int(head[2])
            yield id, data[start:place]
            place += 1


def has_git() -> bool:
    """Whether there is a git to ask."""
    import shutil  # slow, and a card is checked without it

    return shutil.which("git") is not None


def _check_git() -> None:
    if not has_git():
        raise ConfigError("there is no git here", hint="Install git, or give the id on the Hub.")


def open_clone(folder: Path, revision: str = "HEAD") -> GitClone:
    """A repository on the disk, bare or with its files.

    Raises
    ------
    ConfigError
        The folder is in no repository, there is no git, or the revision names no commit.
    """
    _check_git()
    asked = run_git(folder, "rev-parse", "--is-shallow-repository", "--show-prefix")
    commit = find_commit(folder, revision)
    if asked is None:
        raise ConfigError(f"git reads no repository in {str(folder)!r}")
    if commit is None:
        raise ConfigError(f"{str(folder)!r} has no commit {revision!r}")
    shallow, _, prefix = asked.decode("utf-8", "replace").partition("\n")
    return GitClone(folder, commit, prefix.strip("\n"), shallow == "true")


def find_commit(folder: Path, revision: str) -> str | None:
    """The commit that a revision names in the repository of a folder, if there is one."""
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = run_git(folder, *words)
    return None if commit is None else commit.decode("ascii", "replace").strip()


@contextmanager
def cloned(source: str, protocol: str = "https") -> Iterator[GitClone]:
    """A repository of a bundle, or without its files of an address, for one `with` block.

    Parameters
    ----------
    protocol
        The only one that git may use for an address.

    Raises
    ------
    ConfigError, DataError
        It cannot be read, or there is no git.
    """
    import tempfile

    _check_git()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place) / "clone.git"
        words = ["clone", "--quiet", "--bare", "--no-tags", "--template=", "--no-local"]
        if "://" in source:
            words += ["--filter=blob:none", "--single-branch"]
        else:
            path = Path(source).resolve()
            if path.stat().st_size > MAX_BUNDLE:
                raise DataError(f"{source!r} has over {MAX_BUNDLE:,} bytes")
            source, protocol = str(path), "file"
        words += ["--", source, str(folder)]
        if run_git(Path(place), *words, seconds=_CLONE_SECONDS, protocol=protocol) is None:
            raise DataError(f"git cannot read {source!r}")
        yield _at_a_branch(folder)


def _at_a_branch(folder: Path) -> GitClone:
    """A clone at its HEAD, or at a branch where a bundle has none."""
    with suppress(ConfigError):
        return open_clone(folder)
    words = ("for-each-ref", "--count=100", "--format=%(refname)", "refs/heads")
    refs = (run_git(folder, *words) or b"").decode("utf-8", "replace").splitlines()
    known = [ref for ref in ("refs/heads/main", "refs/heads/master") if ref in refs]
    return open_clone(folder, (known or refs or ["HEAD"])[0])


def run_git(
    folder: Path,
    *words: str,
    stdin: bytes = b"",
    limit: int = 64 << 20,
    seconds: float = _SECONDS,
    protocol: str = "",
) -> bytes | None:
    """What git prints, at most `limit` bytes; None where it fails, is not there or lasts.

    The repository may be a stranger's. No hook, filter, pager, signature check or text conversion
    of its settings is run, and nothing is fetched.

    Parameters
    ----------
    stdin
        What git reads.
    protocol
        Fetch, too, by this protocol alone.
    """
    import subprocess  # only where there is a repository
    import tempfile

    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    kept |= {**_ENVIRONMENT, "GIT_ALLOW_PROTOCOL": protocol}
    try:
        with tempfile.TemporaryFile() as source:
            source.write(stdin)
            source.seek(0)
            with subprocess.Popen(
                ["git", "--no-pager", *_SETTINGS, *words],
                cwd=folder,
                env=kept,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            ) as process:
                return _output(process, limit, seconds)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _output(process: subprocess.Popen[bytes], limit: int, seconds: float) -> bytes | None:
    """What a process prints; it and what it started end when it lasts or prints too much."""
    late = threading.Timer(seconds, _end, (process,))
    late.start()
    try:
        assert process.stdout is not None
        data = process.stdout.read(limit)
        cut = len(data) == limit and process.stdout.read(1) != b""
        if cut:
            _end(process)
        done = process.wait()
    finally:
        late.cancel()
        if process.poll() is None:
            _end(process)
    return data if cut or done == 0 else None


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _commits(data: bytes) -> Iterator[GitCommit]:
    """Read what `_LOG` prints."""
    parts = iter(data.split(b"\0"))
    head: tuple[str, ...] = ()
    changes: list[FileChange] = []
    for part in parts:
        raw = part.lstrip(b"\n").decode("utf-8", "replace")
        if raw.startswith(":"):
            _, _, before, after, _ = raw.split(" ")
            path = next(parts).decode("utf-8", "replace")
            changes.append(FileChange(path, _id(before), _id(after)))
            continue
        if head:
            yield _commit(head, changes)
        if not raw:  # the end
            return
        head = (raw, *(next(parts).decode("utf-8", "replace") for _ in range(3)))
        changes = []
    if head:
        yield _commit(head, changes)


def _commit(head: tuple[str, ...], changes: list[FileChange]) -> GitCommit:
    id, parents, seconds, title = head
    at = int(seconds) if seconds.isdigit() else 0
    return GitCommit(
        id,
        datetime.fromtimestamp(min(at, _LAST_SECOND), timezone.utc),
        title,
        tuple(changes),
        is_merge=" " in parents,
    )


def _id(text: str) -> str | None:
    return None if _NOTHING.fullmatch(text) else text
