"""Open a card with its repository: on the Hub, in the workspace, or as it was dropped."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from threading import Lock

from cardiogram.app.api.card_at_hand.at_hand import CardAtHand, check_text
from cardiogram.app.application import App
from cardiogram.errors import AccessDenied, ConfigError, DataError
from cardiogram.hub import is_repo_id, read_address
from cardiogram.improve import ReadmeText, with_readme
from cardiogram.names import CardType
from cardiogram.repository import Repository, open_dropped, open_folder
from cardiogram.repository.access import name_folder
from cardiogram.text import MAX_CARD_BYTES, decode, sha256

README = "README.md"
_MOST_OPEN = 4
_MOST_LINES = 5000
"""Of a file whose line ends are mixed, to be kept each as it is."""
_open: OrderedDict[tuple[str, ...], Repository] = OrderedDict()
"""Repositories of the Hub at a commit, which were read lately."""
_lock = Lock()


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """A card with its repository.

    Attributes
    ----------
    repository
        With the card that lies in it, under the name README.md.
    raw
        The file that lies there; empty where there is none.
    file
        Where it lies, or would; None for what is on no disk.
    """

    repository: Repository
    raw: bytes
    file: Path | None = None

    @property
    def revision(self) -> str:
        """What was read: a commit of the Hub, or the hash of the file."""
        return self.repository.commit if self.file is None else sha256(self.raw)

    def edited(self, text: str | None) -> ReadmeText:
        """The card as its author has it, with the byte order mark and line ends of its file.

        Raises
        ------
        DataError
            The file is no text that can be edited, or the text is too long.
        """
        readme = ReadmeText.of(self.raw)
        if text is None:
            return readme
        check_text(text)
        text = decode(text).text
        if text == decode(self.raw).text:
            return readme
        return readme.with_text(_with_line_ends(text, readme))


def _with_line_ends(text: str, readme: ReadmeText) -> str:
    """A text whose lines end as they do in its file; those that are new as most of them do."""
    spans, end = readme.lines(), readme.line_end
    ends = [readme.text[stop:start] for (_, stop), (start, _) in pairwise(spans)]
    if len(set(ends)) <= 1 or len(spans) > _MOST_LINES:
        return text.replace("\n", end)
    before, after = [readme.text[slice(*span)] for span in spans], text.split("\n")
    matcher, own = SequenceMatcher(None, before, after), [end] * (len(after) - 1)
    for first, place, size in matcher.get_matching_blocks():
        size = min(size, len(ends) - first, len(own) - place)
        own[place : place + size] = ends[first : first + size]
    return "".join(map("".join, zip(after, [*own, ""], strict=True)))


def open_target(app: App, target: str, of: CardType = "model") -> CardAtHand:
    """The card that a target names: a path within the workspace, an id or address on the Hub.

    Raises
    ------
    ConfigError
        It names nothing.
    HubError
        The Hub has no such card, or does not give it.
    """
    target = target.strip()
    card = CardAtHand(of=of)
    if not app.is_public and (path := _in_workspace(app, target)) is not None:
        card = replace(card, source="folder", path=path)
    else:
        address = read_address(target, of)
        if address is None:
            raise ConfigError(
                f"{target!r:.100} is neither in this folder nor on the Hub",
                hint="Give OWNER/NAME or its address, or a README.md or folder in the workspace.",
            )
        card = replace(card, source="hub", id=address.id, of=address.of, revision=address.revision)
    opened = open_card(app, card)
    id = opened.repository.id or card.id
    if opened.file is not None:
        card = replace(card, path=opened.file.relative_to(app.workspace.root).as_posix())
    return replace(card, text=decode(opened.raw).text, id=id, revision=opened.revision)


def open_card(app: App, card: CardAtHand) -> OpenedCard:
    """Open the repository of a card.

    Raises
    ------
    AccessDenied
        It is in the workspace, and the app is public.
    DataError
        The path leads out, or the files that were sent cannot be.
    HubError
        The Hub has no such repository, or does not give it.
    """
    check_text(card.text or "", card.id)
    if card.source == "hub":
        repository = _on_hub(app, card)
        return OpenedCard(repository, _readme(repository))
    if card.id and not is_repo_id(card.id):
        raise ConfigError(f"{card.id!r} is no id on the Hub", hint="Give OWNER/NAME, or none.")
    if card.source == "folder":
        return _in_folder(app, card)
    files = card.files if card.source == "dropped" else ()
    repository = open_dropped(files, app.others(), of=card.of, id=card.id)
    return OpenedCard(repository, _readme(repository))


def _readme(repository: Repository) -> bytes:
    return repository.read(README, MAX_CARD_BYTES) if README in repository.files else b""


def _on_hub(app: App, card: CardAtHand) -> Repository:
    """A repository of the Hub; one at a commit is kept for a while."""
    session = app.session()
    from cardiogram.repository import open_on_hub

    address = read_address(card.id, card.of)
    if address is None:
        raise ConfigError(f"{card.id!r} is no id on the Hub", hint="Give OWNER/NAME.")
    key = (session.endpoint, address.of, address.id, card.revision)
    with _lock:
        if (known := _open.get(key)) is not None:
            _open.move_to_end(key)
            return known
    repository = open_on_hub(session, address.id, address.of, card.revision or "main")
    if repository.commit:
        with _lock:
            _open[session.endpoint, address.of, address.id, repository.commit] = repository
            while len(_open) > _MOST_OPEN:
                _open.popitem(last=False)
    return repository


def _in_workspace(app: App, target: str) -> str | None:
    """The path of what lies in the workspace; None for what does not."""
    if not target or "://" in target:
        return None
    path = app.workspace.inside(target)
    return path.relative_to(app.workspace.root).as_posix() if path.exists() else None


def _in_folder(app: App, card: CardAtHand) -> OpenedCard:
    if app.is_public:
        raise AccessDenied("this app opens no folder of its own machine")
    file = _file_at(app, card.path)
    if file.suffix.lower() not in (".md", ".markdown", ".txt"):
        raise DataError(f"{file.name!r} is no card", hint="Give a README.md, or its folder.")
    if file.exists() and not file.is_file():
        raise DataError(f"{file.name!r} is no file")
    if not file.parent.is_dir():
        raise DataError(f"there is no folder {card.path!r:.100}")
    named = card.id or name_folder(file.parent, file.stem).id
    repository = open_folder(file.parent, app.session(), of=card.of, id=named)
    raw = _bytes(file)
    if raw != _readme(repository):
        repository = with_readme(repository, ReadmeText.of(raw))
    return OpenedCard(repository, raw, file)


def _file_at(app: App, path: str) -> Path:
    """The card that a path names: itself, or that of a folder."""
    place = app.workspace.inside(path)
    return app.workspace.inside(str(place / README)) if place.is_dir() else place


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_CARD_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DataError(f"cannot read {file.name!r}: {error.strerror}") from error
    if len(raw) > MAX_CARD_BYTES:
        raise DataError(f"{file.name!r} is longer than a card")
    return raw
