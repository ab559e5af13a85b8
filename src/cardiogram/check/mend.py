"""Mend a card on the disk where that is safe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from cardiogram.cards import parse_card
from cardiogram.cards.lint import Finding, apply_fixes, lint
from cardiogram.check.check import Lint
from cardiogram.check.folders import README
from cardiogram.check.targets import Target, read_file, read_targets
from cardiogram.errors import ConfigError
from cardiogram.names import CardType

_ROUNDS = 4


def fix(
    target: str, *, id: str = "", rules: Lint | None = None, of: CardType = "model"
) -> tuple[Finding, ...]:
    """Mend a card on the disk where that is safe, and keep every other byte.

    Parameters
    ----------
    target
        A path of a README or of a folder with one.
    rules
        Whose findings to mend; all of them unless given.

    Returns
    -------
    tuple of Finding
        What was mended.

    Raises
    ------
    ConfigError
        The target is no file, or cannot be read or written.
    """
    path = Path(target)
    if target == "-" or not os.path.exists(path):
        raise ConfigError(
            f"--fix edits files, and {target!r} is none",
            hint="Give a README.md, or a folder with one.",
        )
    path = path / README if path.is_dir() else path
    data = before = read_file(path)
    mended: list[Finding] = []
    for _ in range(_ROUNDS):  # a fix may clear the way for another
        findings = (rules or Lint()).choose(lint(parse_card(data, id=id), data, of=of))
        fixable = [finding for finding in findings if finding.edits]
        if not fixable:
            break
        data = apply_fixes(data, fixable)
        mended += fixable
    if data != before:
        write_card(path, data)
    return tuple(dict.fromkeys(mended))


def fix_all(
    target: str, *, id: str = "", rules: Lint | None = None, of: CardType = "model"
) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Mend every card that a path names; see :func:`fix`.

    Yields
    ------
    tuple
        What the card is called, and what was mended in it.

    Raises
    ------
    ConfigError
        The target is no path, or a card cannot be written.
    NoCard
        What it names is no card.
    """
    if not os.path.exists(target):
        fix(target)
    for read in read_targets(target, id=id, of=of):
        if isinstance(read, Target) and (
            mended := fix(read.path, id=read.card.id, rules=rules, of=of)
        ):
            yield read.name, mended


def write_card(path: Path, data: bytes) -> None:
    """Replace a file at once, so that a kill leaves the old or the new one; its mode is kept."""
    path = path.resolve()
    if not path.stat().st_mode & 0o222:  # a rename would ask for no right to the file itself
        raise ConfigError(f"{str(path)!r} is read-only", hint="chmod u+w, if it is to be written.")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        shutil.copymode(path, temporary)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ConfigError(
            f"cannot write {str(path)!r}: {error.strerror}", hint="Check the file's rights."
        ) from error
