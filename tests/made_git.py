"""Git repositories made in two calls: commits by `git fast-import`."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path


@dataclass(frozen=True)
class Step:
    """A commit: its moment, title, and files (None deletes one)."""

    at: str
    files: Mapping[str, str | bytes | None]
    title: str = "Update README.md"
    parents: Sequence[int] = field(default=())
    """Numbers of earlier steps that it merges."""


def make_git(root: Path, steps: Sequence[Step]) -> Path:
    """A bare repository with these commits on main, one after another."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(root)], check=True)
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"],
        cwd=root,
        input=b"".join(_lines(number, step) for number, step in enumerate(steps, 1)),
        check=True,
    )
    return root


def _lines(number: int, step: Step) -> bytes:
    at = datetime.fromisoformat(step.at).replace(tzinfo=timezone.utc)
    title = step.title.encode()
    lines = [b"commit refs/heads/main\nmark :%d\n" % number]
    lines.append(b"committer a <a@example.org> %d +0000\n" % at.timestamp())
    lines.append(b"data %d\n%s\n" % (len(title), title))
    lines.append(b"from :%d\n" % (number - 1) if number > 1 else b"")
    lines += [b"merge :%d\n" % parent for parent in step.parents]
    for path, text in step.files.items():
        if text is None:
            lines.append(b"D %s\n" % path.encode())
            continue
        data = text.encode() if isinstance(text, str) else text
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    return b"".join(lines)
