"""What a target names: a file, a folder, cards below a folder, a model, or an owner's models."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cardiogram.cards import Card, parse_card
from cardiogram.check.recognition import explain_no_card, is_binary
from cardiogram.errors import CardiogramError, CardNotFound, ConfigError, HubError, NoCard
from cardiogram.hub import HOSTS, HubAddress, read_address, say_no_file
from cardiogram.names import SCORES_OF, CardType
from cardiogram.progress import Progress, silent
from cardiogram.records import NamedTuple

if TYPE_CHECKING:
    from cardiogram.hub import HubSession

Read = TypeVar("Read")

_NO_CARDS = frozenset({"node_modules", "site-packages", "__pycache__"})
_NO_CARDS_END = frozenset(
    """
    .bin .cfg .ckpt .csv .gguf .h5 .ini .ipynb .jinja .json .jsonl .keras .model .onnx .parquet .pkl
    .pt .pth .py .safetensors .sh .skops .toml .tsv .yaml .yml
    """.split()  # noqa: SIM905
)
"""Ends of names of a model's other files."""

_HINT = "Give a README.md, a folder, OWNER/NAME or OWNER on the Hub, its address, or - for stdin."


class Target(NamedTuple):
    """A card that was asked for.

    Attributes
    ----------
    name
        What to call it: what was asked, or the path or id that was found for it.
    data
        The file as it came; None for a card from the Hub.
    path
        The file, where there is one.
    revision
        Of a repository on the Hub that was asked for by itself; "" elsewhere.
    """

    name: str
    card: Card
    of: CardType = "model"
    data: bytes | None = None
    path: str = ""
    revision: str = ""


def read_targets(
    target: str,
    *,
    id: str = "",
    session: HubSession | None = None,
    of: CardType = "model",
    on_progress: Progress = silent,
) -> Iterator[Target | CardiogramError]:
    """Read the card or the cards that a target names.

    Parameters
    ----------
    target
        A README file; a folder with one; a folder below which README.md files are cards; the id
        of a model or its address on the Hub; an owner's name, for all models of that owner.
    id
        The model's id, where the target is a file.
    of
        Whose cards they are, where an address does not say it.
    on_progress
        Told of the cards of an owner that were read.

    Yields
    ------
    Target or CardiogramError
        An error in the place of a card that is one of several and cannot be read.

    Raises
    ------
    ConfigError
        The target names nothing.
    NoCard
        What it names is no card.
    HubError
        The Hub has no such card, or does not give it.
    """
    path = Path(target)
    if target and os.path.exists(path):  # Path.exists raises for a name too long
        yield from (
            _in_folder(path, target, id, of) if path.is_dir() else [_read(path, target, id, of)]
        )
        return
    address = read_address(target, of)
    if address is None:
        hint = _hint_at_name(path.parent) if path.name == "README.md" else ""
        raise ConfigError(f"no file {target!r}, and it is not a model's id", hint=hint or _HINT)
    yield from _on_hub(target, address, session, on_progress)


def as_target(target: object, of: str = "model") -> str:
    """What names a card, as a text.

    Raises
    ------
    TypeError
        It is neither a text nor a path.
    ConfigError
        It is the text of a card, or of no kind that there is.
    """
    text = os.fspath(target) if isinstance(target, (str, os.PathLike)) else None
    if not isinstance(text, str):
        kind = type(target).__name__
        raise TypeError(
            f"give one card at a time, by its path, its id or its address, not a {kind}"
        )
    if "\n" in text and not os.path.exists(text):
        first = next(filter(None, map(str.strip, text.split("\n"))), "")
        raise ConfigError(
            f"{first[:60]!r} begins a text, and names no card",
            hint="Write it to a README.md, or check it: cardiogram.check('README.md', data=text)",
        )
    if of not in SCORES_OF:
        raise ConfigError(f"no cards of a {of!r}", hint=f"Use one of: {', '.join(SCORES_OF)}.")
    return text


def only_card(read: Iterator[Read | CardiogramError], target: str) -> Read:
    """The one card that a target names.

    Raises
    ------
    ConfigError
        There are several.
    CardiogramError
        It cannot be read.
    """
    first = next(read)
    if isinstance(first, CardiogramError):
        raise first
    if next(read, None) is not None:
        raise ConfigError(
            f"{target!r} is more than one card",
            hint=f"cardiogram check {target} lists them; in Python: check.check_all({target!r})",
        )
    return first


def is_owner(target: str) -> bool:
    """Whether a target may be an owner's name, and so many cards to read."""
    address = None if os.path.exists(target) else read_address(target, "model")
    return address is not None and "/" not in address.id


def readme_path(path: Path) -> Path:
    """The card itself, where a folder was named."""
    return path / "README.md" if path.is_dir() else path


def read_file(path: Path) -> bytes:
    """Read a card from the disk.

    Raises
    ------
    ConfigError
        It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {str(path)!r}: {error.strerror}", hint=_HINT) from error


def _read(path: Path, name: str, id: str, of: CardType) -> Target:
    if path.is_symlink() and _leads_out(path):
        raise ConfigError(
            f"cannot read {str(path)!r}: a link that leads out of its repository",
            hint="Put the card itself there.",
        )
    if path.suffix.lower() in _NO_CARDS_END:  # weights are not even read
        raise NoCard(
            f"{str(path)!r} is no {of} card: it is a {path.suffix.lower()} file",
            hint="Give a model's README.md, or its folder.",
        )
    data = read_file(path)
    target = Target(name, parse_card(data, id=id or _id_beside(path, of)), of, data, str(path))
    if reason := explain_no_card(target.card, data, of):
        may_be = data.strip() and not is_binary(data)
        raise NoCard(
            f"{str(path)!r} is no {of} card: {reason}",
            hint="Give a model's README.md."
            + (" If this is one, say so: --id OWNER/NAME" if may_be else ""),
        )
    return target


def _leads_out(path: Path) -> bool:
    """Whether a link in a clone ends elsewhere: a stranger may have put it there."""
    for folder in Path(os.path.abspath(path)).parents:
        if os.path.lexists(folder / ".git"):
            ends = path.resolve()
            root = folder.resolve()
            return root not in ends.parents or root / ".git" in ends.parents
    return False


def _id_beside(path: Path, of: CardType) -> str:
    """The repository that the folder of a card says it is; "" for most of them."""
    folder, stem = path.parent, path.stem
    says = (".git/config", f"{stem}.proof.json")
    in_cache = folder.resolve().parent.name == "snapshots"
    if not in_cache and not any(os.path.isfile(folder / name) for name in says):
        return ""
    from cardiogram.repository.access import name_folder

    named = name_folder(folder, stem)
    return named.id if named.of == of else ""


# Folders -------------------------------------------------------------------------------------


def _in_folder(
    folder: Path, name: str, id: str, of: CardType
) -> Iterator[Target | CardiogramError]:
    """The card of a folder; where it has none, those of the folders below it."""
    own = folder / "README.md"
    hint = f"`cardiogram improve {name}` drafts a first card." if _holds_model(folder) else _HINT
    hint = _hint_at_name(folder) or hint
    error: CardiogramError = ConfigError(f"no README.md in {str(folder)!r} or below it", hint=hint)
    if own.is_dir() or _is_file(own):
        try:
            yield _read(own, name, id, of)
        except NoCard as caught:
            error = caught
        else:
            return
    count = 0
    carded: set[Path] = set()
    for place, path in _look(folder):
        if path == own:
            continue
        if path is None:
            is_part = place == folder or not carded.isdisjoint(place.parents)
            if not is_part and _holds_model(place):
                yield NoCard(f"no README.md in {str(place)!r}", hint=_HINT)
            continue
        carded.add(place)
        try:
            yield _read(path, str(path.parent), "", of)
        except CardiogramError as caught:
            yield caught
        count += 1
    if not count:
        raise error


def _hint_at_name(folder: Path) -> str:
    """What to do where a card is called otherwise; "" where none is."""
    here = sorted(os.listdir(folder)) if folder.is_dir() else []
    other = next((name for name in here if name.lower() == "readme.md"), "README.md")
    return "" if other == "README.md" else f"The Hub reads README.md: rename {other}."


def look_for_cards(folder: Path) -> Iterator[Path | None]:
    """The README.md of each folder below one in order, or None: no hidden or installed ones."""
    return (path for _, path in _look(folder))


def _look(folder: Path) -> Iterator[tuple[Path, Path | None]]:
    """Folders below one with their cards."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(filter(may_hold_cards, folders))
        path = Path(place) / "README.md"
        yield Path(place), path if "README.md" in files and _is_file(path) else None


def _holds_model(folder: Path) -> bool:
    """Whether a folder has weights, or what a library keeps beside them."""
    try:
        files = os.listdir(folder)
    except OSError:
        return False
    return any(name in _OF_A_MODEL or name.endswith((".safetensors", ".gguf")) for name in files)


_OF_A_MODEL = frozenset(("config.json", "adapter_config.json", "model_index.json"))


def may_hold_cards(folder: str) -> bool:
    """Whether cards are looked for in a folder of this name."""
    return not folder.startswith(".") and folder not in _NO_CARDS


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)  # no pipe, which would never end
    except OSError:
        return False


# The Hub -------------------------------------------------------------------------------------


def _on_hub(
    target: str, address: HubAddress, session: HubSession | None, on_progress: Progress
) -> Iterator[Target | CardiogramError]:
    from cardiogram.collect import list_owner, read_card, read_listed

    try:
        card = read_card(address.id, session, address.of, address.revision)
    except CardNotFound as error:
        if "/" in address.id or address.of == "dataset":
            raise
        rows = list_owner(address.id, session)
        cards = [card for _, card in read_listed(rows, session, on_progress)]
        if not cards:
            raise CardNotFound(
                f"{address.id}: no model of this name, and no owner with models", hint=error.hint
            ) from error
        for read in cards:
            yield read if isinstance(read, CardiogramError) else Target(read.id, read)
        return
    except HubError as error:
        raise say_no_file(target, error) from error.__cause__
    name = address.id if "://" in target or target.startswith(HOSTS) else target
    yield Target(name, card, address.of, revision=address.revision)
