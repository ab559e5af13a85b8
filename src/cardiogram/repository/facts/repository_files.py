"""What facts read of a repository: every file once, and each value with the place it stands at."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from cardiogram.cards import parse_card
from cardiogram.errors import AccessDenied, CardiogramError
from cardiogram.repository.fact import Fact, FactSource, Value, make_pointer, resolve
from cardiogram.repository.formats import gguf_header, read_json, read_yaml, safetensors_header
from cardiogram.text import decode, sha256

if TYPE_CHECKING:
    from cardiogram.cards import Card
    from cardiogram.repository.access import Repository, RepositoryType
    from cardiogram.repository.formats import GgufHeader, SafetensorsHeader

CARD = "README.md"
Result = TypeVar("Result")
FactFunction = Callable[["Files"], Iterator[Fact]]


class Files:
    """The files of a repository, read when a fact asks for them, and kept.

    What is broken is a sentence in `problems`, once, and then as if it were not there. Repositories
    that could not be asked for stand in `unreached`, by the reason.

    Parameters
    ----------
    card
        The card to use in place of the repository's own, such as one that is being edited.
    named
        How sources name this repository: "" for the one whose facts are read.
    """

    def __init__(self, repository: Repository, card: Card | None = None, named: str = "") -> None:
        self.repository: Repository = repository
        self.named: str = named
        self.problems: list[str] = []
        self.unreached: dict[str, list[str]] = {}
        self._given = card
        self._kept: dict[tuple[str, str], object] = {}
        self._others: dict[tuple[str, str], Files | None] = {}
        self._unknown: set[tuple[str, str]] = set()
        self._digests: dict[str, str] = {}
        self._denied = False  # a gate lets in to all files or to none but the card
        self._computed: dict[object, object] = {}
        self._facts: dict[FactFunction, tuple[Fact, ...]] = {}

    # files

    def __contains__(self, path: object) -> bool:
        """Whether the repository lists this file."""
        return path in self.repository.files or (path == CARD and self._given is not None)

    def paths(self, *patterns: str) -> list[str]:
        """Files by shell patterns, in order; ``*`` matches folders, too."""
        return sorted(
            path
            for path in self.repository.files
            if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
        )

    def document(self, path: str) -> object:
        """What a JSON, JSON lines or YAML file, or the front matter of a card, holds, or None."""
        if path == CARD:
            return dict(self.front)
        return self._keep("document", path, lambda: _parse(path, self._read(path)))

    def mapping(self, path: str, *parts: str | int) -> Mapping[str, object]:
        """The object in a JSON or YAML file, or in a part of it; empty where there is none."""
        value = self.value(path, *parts)
        return cast(Mapping[str, object], value) if isinstance(value, Mapping) else {}

    def value(self, path: str, *parts: str | int) -> object:
        """The value in a JSON or YAML file; None where there is none."""
        try:
            return resolve(make_pointer(parts), self.document(path))
        except CardiogramError:
            return None

    def text(self, path: str) -> str:
        """A text file; "" where there is none."""
        if path == CARD and self.card is not None:
            return self.card.text
        text = self._keep("text", path, lambda: decode(self._read(path)).text)
        return cast(str, text or "")

    def lines(self, path: str) -> list[str]:
        """The lines of a text file."""
        return self.text(path).split("\n")

    def safetensors(self, path: str) -> SafetensorsHeader | None:
        """The header of a safetensors file."""
        header = self._keep("header", path, lambda: safetensors_header(self.repository, path))
        return cast("SafetensorsHeader | None", header)

    def gguf(self, path: str, *, brief: bool = False) -> GgufHeader | None:
        """The header of a GGUF file; with `brief`, what stands before the vocabulary."""
        kind = "beginning" if brief and ("header", path) not in self._kept else "header"
        header = self._keep(kind, path, lambda: gguf_header(self.repository, path, brief=brief))
        return cast("GgufHeader | None", header)

    def start(self, path: str) -> bytes:
        """The first bytes of a file, by which its form is known."""
        start = self._keep("start", path, lambda: self.repository.read_part(path, 0, 8))
        return cast(bytes, start or b"")

    @cached_property
    def card(self) -> Card | None:
        """The card, parsed."""
        if self._given is not None:
            return self._given
        data = self._keep("bytes", CARD, lambda: self._read(CARD))
        return None if data is None else parse_card(cast(bytes, data), id=self.repository.id)

    @property
    def front(self) -> Mapping[str, object]:
        """The front matter of the card; empty where there is none."""
        card = self.card
        return {} if card is None or card.front_matter is None else card.metadata.values

    def other(self, id: str, of: RepositoryType = "model") -> Files | None:
        """Another repository; None where there is none, or where it cannot be asked for."""
        key = (of, id)
        if key not in self._others:
            self._others[key] = None
            prefix = "" if of == "model" else f"{of}s/"
            try:
                other = self.repository.other(id, of)
                if other is not None:
                    self._others[key] = Files(other, named=prefix + (other.id or id))
            except CardiogramError as error:
                if id in str(error):
                    self.problems.append(str(error))
                else:
                    self.unreached.setdefault(str(error), []).append(id)
                self._unknown.add(key)
        return self._others[key]

    def is_missing(self, id: str, of: RepositoryType = "model") -> bool:
        """Whether the Hub was asked and has no such repository."""
        return self.other(id, of) is None and (of, id) not in self._unknown

    def once(self, compute: Callable[[Files], Result]) -> Result:
        """What a function makes of these files, computed once."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        return cast(Result, self._computed[compute])

    def facts(self, function: FactFunction) -> tuple[Fact, ...]:
        """The facts that a function gives, computed once; what it raises is a problem."""
        if function not in self._facts:
            self._facts[function] = ()  # a function that needs itself gets nothing
            facts: list[Fact] = []
            try:
                facts.extend(function(self))
            except (CardiogramError, ValueError, TypeError, KeyError, RecursionError) as error:
                what = getattr(function, "__name__", "facts").replace("_", " ")
                self.problems.append(f"{what}: {error}")
            self._facts[function] = tuple(facts)
        return self._facts[function]

    # sources

    def at(self, path: str, *parts: str | int) -> FactSource | None:
        """The value that stands in a file or in front matter; None for none and for null."""
        value = self.value(path, *parts)
        if value is None:
            return None
        return self._source(path, value, pointer=make_pointer(parts))

    def all_at(self, *places: tuple[str | int, ...]) -> tuple[FactSource, ...]:
        """Every place, path first, at which something stands, in the order given."""
        sources = (self.at(str(place[0]), *place[1:]) for place in places)
        return tuple(source for source in sources if source is not None)

    def header(self, path: str, key: str, value: object) -> FactSource:
        """A value from the header of a weight file."""
        return self._source(path, value, header=key)

    def counted(self, path: str, what: str, value: object, headers: int = 1) -> FactSource:
        """What is counted over the tensors of a weight file, or of the shards of an index."""
        return self._source(path, value, counted=what, headers=headers)

    def line(self, path: str, number: int, quote: str, value: object = None) -> FactSource:
        """Words in a line of a text file; the value is `quote` where none is given."""
        return self._source(path, quote if value is None else value, line=number, quote=quote)

    def size(self, path: str) -> FactSource:
        """The size of a file."""
        return self._source(path, self.repository.files[path].size, size=True)

    def in_info(self, *parts: str | int) -> FactSource | None:
        """A value in what the Hub says of the repository; None for none or null."""
        pointer = make_pointer(parts)
        try:
            value = resolve(pointer, self.repository.info)
        except CardiogramError:
            return None
        if value is None:
            return None
        commit = self.repository.commit
        return FactSource(cast(Value, value), repo=self.named, info=pointer, commit=commit)

    def absent(self, name: str) -> FactSource:
        """That a file or a repository is not there."""
        return FactSource(None, repo=self.named, absent=name, commit=self.repository.commit)

    def _source(
        self,
        path: str,
        value: object,
        *,
        pointer: str = "",
        header: str = "",
        counted: str = "",
        headers: int = 0,
        line: int = 0,
        quote: str = "",
        size: bool = False,
    ) -> FactSource:
        listed = self.repository.files.get(path)
        digest = (listed.digest if listed is not None else "") or self._digests.get(path, "")
        if path == CARD and self.card is not None:
            digest = f"sha256:{self.card.sha256}"
        return FactSource(
            value=cast(Value, value),
            path=path,
            repo=self.named,
            pointer=pointer,
            header=header,
            counted=counted,
            headers=headers,
            line=line,
            quote=quote,
            size=size,
            commit=self.repository.commit,
            digest=digest,
        )

    def _read(self, path: str) -> bytes:
        data = self.repository.read(path)
        self._digests[path] = f"sha256:{sha256(data)}"
        return data

    def _keep(self, kind: str, path: str, read: Callable[[], object]) -> object:
        key = (kind, path)
        if key not in self._kept:
            self._kept[key] = None
            if path in self and not (self._denied and path != CARD):
                try:
                    self._kept[key] = read()
                except AccessDenied as error:
                    self.problems.append(str(error))
                    self._denied = path != CARD
                except CardiogramError as error:
                    self.problems.append(f"{path}: {error}")
        return self._kept[key]


def _parse(path: str, data: bytes) -> object:
    if path.endswith(".jsonl"):
        return [read_json(line) for line in data.splitlines() if line.strip()]
    return read_yaml(data) if path.endswith((".yaml", ".yml", ".cff")) else read_json(data)
