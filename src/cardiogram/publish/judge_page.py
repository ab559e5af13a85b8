"""The judge's page as a static Space: the files of its own list, as they were made, no other."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from cardiogram.errors import DataError, HubError
from cardiogram.hub import HubSession, Published, check_published_id, read_file
from cardiogram.publish.planned import (
    Options,
    Plan,
    PlannedFile,
    check_space,
    check_visibility,
    look,
    note_state,
    plan_file,
)
from cardiogram.store import write_atomically
from cardiogram.text import sha256

LIST = "files.json"
"""The page's own list: its version, each of its files with its sha256, and the report beside it."""

REPORT = "report.html"
"""A study's report beside the page; it is in no list of the page's files."""

_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}", re.ASCII)
_SHA256 = re.compile("[0-9a-f]{64}", re.ASCII)
_LARGEST = 1_000_000
_MAKE = "make space, in a clone of cardiogram, writes it anew."


@dataclass(frozen=True, slots=True)
class PageList:
    """What a page says it is made of.

    Attributes
    ----------
    files
        Path to sha256, of every file but the list itself.
    report
        Name of the study whose report is beside it; "" where there is none.
    """

    version: str
    files: dict[str, str]
    report: str = ""

    def write(self) -> bytes:
        """The list as a file."""
        values = {"version": self.version, "files": self.files}
        named = {"report": self.report} if self.report else {}
        return (json.dumps({**values, **named}, indent=1, sort_keys=True) + "\n").encode()


def is_judge_page(folder: Path) -> bool:
    """Whether a folder says that it is the judge's page."""
    return (folder / LIST).is_file()


def read_list(data: bytes) -> PageList | None:
    """A page's list; None where it is none, or names what is no file of a page."""
    try:
        values = json.loads(data)
        version, files, report = values["version"], values["files"], values.get("report", "")
        texts = (version, report, *files, *files.values())
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    if not all(isinstance(text, str) for text in texts):
        return None
    if not all(_SHA256.fullmatch(digest) for digest in files.values()):
        return None
    if not all(_PART.fullmatch(part) for path in files for part in path.split("/")):
        return None
    if not {"README.md", "index.html"} <= files.keys() or {LIST, REPORT} & files.keys():
        return None
    return PageList(version[:40], files, report[:100])


def plan_judge(
    page: Path,
    repo_id: str,
    folder: Path,
    options: Options | None = None,
    *,
    session: HubSession | None = None,
) -> Plan:
    """Copy the page's files into a folder and say what sending them would change.

    A README that was edited on the Hub stays, and so does a report beside the page.

    Parameters
    ----------
    page
        Folder that ``make space`` wrote. Only files of its list are read, each checked.
    repo_id
        ``OWNER/NAME`` of the Space.
    folder
        Where the copies are written: what was checked is what is sent.

    Raises
    ------
    ConfigError
        The id is none, or the Space is another's, of another kind, or public already.
    DataError
        The folder is no page, or a file of it is not as its list says.
    """
    options = options or Options()
    check_published_id(repo_id, "space")
    own = _copy(page, folder)
    session = session or HubSession()
    before, unseen = look(session, repo_id, "space")
    published = published_list(session, before)
    check_space(before, options, ("sent", "edited") if published else ())
    check_visibility(before, options)
    if published and before and published.report and REPORT in before.files:
        own = PageList(own.version, own.files, published.report)
    write_atomically(folder / LIST, own.write())
    files = [plan_file(before, path, folder / path) for path in (*sorted(own.files), LIST)]
    kept = options.card == "keep" and _is_edited(session, before, published)
    removed = set(published.files if published else ()) & set(before.files if before else ())
    return Plan(
        of="space",
        repo_id=repo_id,
        endpoint=session.endpoint,
        private=before.private if before else options.visibility == "private",
        files=tuple(_keep(file) if kept and file.path == "README.md" else file for file in files),
        title=f"The judge's page, version {own.version}",
        before=before,
        notes=(
            *note_state(options, before, unseen, "space"),
            *(["README.md was edited on the Hub and stays; --replace-card overwrites it."] * kept),
        ),
        removed=tuple(sorted(removed - own.files.keys())),
        unseen=unseen,
    )


def published_list(session: HubSession, before: Published | None) -> PageList | None:
    """The list of the page that a Space holds; None where it holds none."""
    if before is None or LIST not in before.files:
        return None
    return read_list(read_file(session, before.id, LIST, before.sha, "space"))


def _copy(page: Path, folder: Path) -> PageList:
    """Copy what the list names, checked, and nothing else: neither links nor strays."""
    try:
        own = read_list(_read(page, LIST, _LARGEST))
    except OSError as error:
        raise DataError(f"{str(page)!r} is not the judge's page", hint=_MAKE) from error
    if own is None:
        raise DataError(f"{str(page / LIST)!r} is no list of a page", hint=_MAKE)
    for path, digest in own.files.items():
        try:
            data = _read(page, path)
        except OSError as error:
            why = f"cannot be read as a file ({error.strerror or error})"
            raise DataError(f"{str(page / path)!r} {why}", hint=_MAKE) from error
        if sha256(data) != digest:
            raise DataError(f"{str(page / path)!r} is not as it was made", hint=_MAKE)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / path, data)
    return PageList(own.version, own.files)


def _read(page: Path, path: str, largest: int | None = None) -> bytes:
    """The bytes of a file that no symbolic link leads to.

    Raises
    ------
    OSError
        It is no regular file, or larger than is allowed.
    """
    place = page
    for part in path.split("/"):
        place = place / part
        if place.is_symlink():
            raise OSError("a symbolic link")
    if not place.is_file():
        raise OSError("no such file")
    if largest is not None and place.stat().st_size > largest:
        raise OSError("too large")
    return place.read_bytes()


def _is_edited(session: HubSession, before: Published | None, published: PageList | None) -> bool:
    """Whether the README on the Hub is another than the one that was sent."""
    if before is None or published is None or "README.md" not in before.files:
        return False
    try:
        readme = read_file(session, before.id, "README.md", before.sha, "space")
    except HubError:
        return True
    return sha256(readme) != published.files["README.md"]


def _keep(file: PlannedFile) -> PlannedFile:
    return PlannedFile(file.path, file.local, file.bytes, file.rows, "kept")
