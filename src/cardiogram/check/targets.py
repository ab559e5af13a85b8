"""What a target names: a file, a folder, cards below a folder, a model, or an owner's models."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cardiogram.cards import Card, parse_card
from cardiogram.check.folders import (
    READ,
    README,
    has_cards_below,
    holds_model,
    is_file,
    look_for_cards,
)
from cardiogram.check.recognition import explain_no_card, is_binary
from cardiogram.errors import CardiogramError, CardNotFound, ConfigError, HubError, NoCard
from cardiogram.hub import HOSTS, HubAddress, read_address, say_no_file
from cardiogram.names import SCORES_OF, CardType
from cardiogram.progress import Progress, silent
from cardiogram.records import NamedTuple, replace

if TYPE_CHECKING:
    from cardiogram.hub import HubSession

Read = TypeVar("Read")

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
        The model's id, where the target is a file; ``OWNER/*`` is the name of each card's folder.
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
        The target names nothing, or several cards and `id` one.
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
    yield from _on_hub(target, address, id, session, on_progress)


def find_cards(targets: Iterable[str], of: CardType = "model") -> Iterator[str | NoCard]:
    """Targets, each once; a file that facts are read from stands for the cards it is a file of.

    Those are the README.md of its folder and of the folders above, up to that of a git repository.

    Yields
    ------
    str or NoCard
        The error in the place of a file of no card.
    """
    are_cards: dict[Path, bool] = {}
    given: set[str] = set()
    for target in targets:
        cards = [target]
        if target.endswith(READ) and os.path.isfile(target):
            above = [*_cards_above(Path(target))]
            are_cards |= {path: _is_card(path, of) for path in above if path not in are_cards}
            cards = [str(path) for path in above if are_cards[path]]
        yield from (card for card in cards if card not in given)
        given.update(cards)
        if not cards:
            yield NoCard(f"{target!r} is a file of no {of} card", hint=_HINT)


def refuse_folder_of_many(target: str, id: str = "") -> None:
    """Refuse a folder that is no model's, but has cards below it.

    Raises
    ------
    ConfigError
        It is one.
    """
    folder = Path(target)
    if not folder.is_dir() or (is_file(folder / README) and _is_card(folder / README, "model", id)):
        return
    if not holds_model(folder) and has_cards_below(folder):
        raise _more_than_one(target)


def _more_than_one(target: str) -> ConfigError:
    return ConfigError(
        f"{target!r} is more than one card",
        hint=f"cardiogram check {target} lists them; in Python: check.check_all({target!r})",
    )


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
        raise _more_than_one(target)
    return first


def is_owner(target: str) -> bool:
    """Whether a target may be an owner's name, and so many cards to read."""
    address = None if os.path.exists(target) else read_address(target, "model")
    return address is not None and "/" not in address.id


def name_by_folder(id: str, path: Path) -> str:
    """The id of a card: as it was given, or for ``OWNER/*`` the name of the card's folder.

    "" where that can be no name on the Hub.

    Raises
    ------
    ConfigError
        There is another ``*`` in it.

    Examples
    --------
    >>> name_by_folder("me/*", Path("models/parrot/README.md"))
    'me/parrot'
    """
    if not names_many(id):
        return id
    named = id[:-1] + os.path.basename(os.path.dirname(os.path.abspath(path)))
    return named if _is_id(named) else ""


def names_many(id: str) -> bool:
    """Whether an id stands for those of several cards: ``OWNER/*``.

    Raises
    ------
    ConfigError
        There is another ``*`` in it.
    """
    if "*" in id and not (id.endswith("/*") and _is_id(f"{id[:-1]}x")):
        raise ConfigError(
            f"{id!r} is no id", hint="OWNER/NAME, or OWNER/* to name each card by its folder."
        )
    return "*" in id


def _is_id(text: str) -> bool:
    address = read_address(text) if "/" in text else None
    return address is not None and address.id == text


def refuse_one_id(id: str, why: str) -> None:
    """Refuse an id that would be that of several cards.

    Raises
    ------
    ConfigError
        There is one, and it is no ``OWNER/*``.
    """
    if id and not names_many(id):
        raise ConfigError(
            f"--id {id!r} names one model, and {why}",
            hint="Give one card, or name each by its folder: --id 'OWNER/*'",
        )


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
    card = parse_card(data, id="" if names_many(id) else id or _id_beside(path, of))
    if reason := explain_no_card(card, data, of) or _explain_above(path, card):
        may_be = data.strip() and not is_binary(data)
        raise NoCard(
            f"{str(path)!r} is no {of} card: {reason}",
            hint="Give a model's README.md."
            + (" If this is one, say so: --id OWNER/NAME" if may_be else ""),
        )
    card = replace(card, id=name_by_folder(id, path)) if names_many(id) else card
    return Target(name, card, of, data, str(path))


def _cards_above(path: Path) -> Iterator[Path]:
    above = Path(os.path.abspath(path)).parents
    for folder in path.parents:
        if Path(os.path.abspath(folder)) not in above:  # of ../x, the last parent is .
            return
        if is_file(folder / README):
            yield folder / README
        if os.path.lexists(folder / ".git"):
            return


def _is_card(path: Path, of: CardType, id: str = "") -> bool:
    try:
        _read(path, "", id, of)
    except NoCard:
        return False
    except CardiogramError:
        pass  # whoever reads it says so
    return True


def _explain_above(path: Path, card: Card) -> str:
    """Why the README.md of a repository of models is no card; "" elsewhere."""
    if card.front_matter is not None or card.id or path.name != README:
        return ""
    folder = path.parent
    is_above = not holds_model(folder) and has_cards_below(folder)
    return "it has no metadata, and cards lie in folders below it" if is_above else ""


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
    own = folder / README
    hint = f"`cardiogram improve {name}` drafts a first card." if holds_model(folder) else _HINT
    hint = _hint_at_name(folder) or hint
    error: CardiogramError = ConfigError(f"no README.md in {str(folder)!r} or below it", hint=hint)
    if own.is_dir() or is_file(own):
        try:
            yield _read(own, name, id, of)
        except NoCard as caught:
            error = caught
        else:
            return
    count = 0
    for path in filter(None, look_for_cards(folder)):
        if path == own:
            continue
        refuse_one_id(id, f"the cards of {str(folder)!r} lie in folders below it")
        try:
            yield _read(path, str(path.parent), id, of)
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


# The Hub -------------------------------------------------------------------------------------


def _on_hub(
    target: str, address: HubAddress, id: str, session: HubSession | None, on_progress: Progress
) -> Iterator[Target | CardiogramError]:
    from cardiogram.collect import list_owner, read_card, read_listed

    try:
        card = read_card(address.id, session, address.of, address.revision)
    except CardNotFound as error:
        if "/" in address.id or address.of == "dataset":
            raise
        refuse_one_id(id, f"{address.id!r} may have many")
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
