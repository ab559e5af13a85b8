"""A draft on the disk: in the place of the card, or in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from cardiogram.check import write_card
from cardiogram.errors import ConfigError
from cardiogram.improve.claiming import proof_of
from cardiogram.improve.draft import Draft
from cardiogram.improve.view import README
from cardiogram.store import write_atomically


def save_draft(draft: Draft, out: Path | None = None) -> tuple[Path, ...]:
    """Write a draft; nothing where there is no change.

    Parameters
    ----------
    out
        A folder for the README.md alone; without it the card is edited in its place, and its proof
        goes beside it.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    ConfigError
        There is no such place, or the file changed since it was read.
    """
    before = draft.replaced.encode()
    if out is not None:
        path = out / README if out.suffix != ".md" else out
        if path.exists() and _present(path) not in (before, draft.after.encode()):
            raise ConfigError(
                f"{str(path)!r} is another card", hint="Give --out a folder without README.md."
            )
        write_atomically(path, draft.after.encode())
        return (path,)
    if not draft.path:
        raise ConfigError(
            f"--write edits files, and {draft.target!r} is none",
            hint=f"cardiogram improve {draft.target} --out FOLDER",
        )
    return _in_place(draft, Path(draft.path), before)


def _in_place(draft: Draft, path: Path, before: bytes) -> tuple[Path, ...]:
    after = draft.after.encode()
    if _present(path) != before:
        raise ConfigError(f"{str(path)!r} was changed while the draft was made: run it again")
    written = []
    if after != before:
        if path.exists():
            write_card(path, after)
        else:
            write_atomically(path, after)
        written.append(path)
    proof, beside = proof_of(draft), path.with_name(f"{path.stem}.proof.json")
    is_old = beside.is_file() and beside.read_bytes() != proof
    if is_old or (written and draft.claims):
        write_atomically(beside, proof)
        written.append(beside)
    return tuple(written)


def _present(path: Path) -> bytes:
    """What stands there now; a folder or a pipe in a card's place is left alone."""
    if path.exists() and not path.is_file():
        raise ConfigError(f"{str(path)!r} is no file")
    return path.read_bytes() if path.exists() else b""
