"""What a repository proves: a fact, and the places that prove it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cardiogram.errors import ConfigError

Value = str | int | float | bool | list[object] | dict[str, object] | None
"""A value as JSON has it."""

How = Literal["read", "computed"]
"""Whether a value stands in its source as it is, or was computed from what stands there."""


@dataclass(frozen=True, slots=True)
class FactSource:
    """One place that proves a value: one of `pointer`, `header`, `counted`, `line`, `size`, `info`.

    Attributes
    ----------
    value
        What stands there.
    path
        The file, with `/` between folders; "" where the Hub's own description of the repository
        (`info`) or the absence of a repository says it.
    repo
        Whose file it is: "" for the repository itself, else ``owner/name`` of a model,
        ``datasets/owner/name`` or ``spaces/owner/name``.
    pointer
        Place in JSON or YAML, the front matter of a README too (RFC 6901): ``/architectures/0``.
    header
        A key of a GGUF header, of the metadata of a safetensors header, or of a log.
    counted, headers
        ``parameters``, ``dtypes`` or ``shapes``: what was counted over the tensors of so many
        files, by their headers. No field of a file says it.
    line, quote
        Line from 1, and the words of it.
    size
        Whether `value` is the size of the file in bytes.
    info
        Place in what the Hub says of the repository (RFC 6901): ``/safetensors/total``.
    absent
        What is not there: a file of the repository, or a repository of the Hub.
    commit
        The commit that was read; "" for a folder.
    digest
        ``sha256:…`` of the bytes that were read, or ``git:…`` where the Hub gave the blob's id.
    """

    value: Value
    path: str = ""
    repo: str = ""
    pointer: str = ""
    header: str = ""
    counted: str = ""
    headers: int = 0
    line: int = 0
    quote: str = ""
    size: bool = False
    info: str = ""
    absent: str = ""
    commit: str = ""
    digest: str = ""

    @property
    def is_own_word(self) -> bool:
        """Whether the card itself says it; ``dataset_info`` was counted from the data."""
        counted = self.pointer.startswith("/dataset_info")
        return self.path == "README.md" and not self.repo and not counted


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that files prove.

    Attributes
    ----------
    name
        One of :data:`cardiogram.repository.facts.NAMES`: ``parameters``, ``base_model`` ...
    unit
        ``parameters``, ``tokens``, ``bytes``, ``seconds``, ``steps`` ...; "" for none.
    sources
        All places that prove it, the strongest first; they agree.
    about
        What it is a fact of, where that is not the whole model: a file, a component, a split of
        the data, or the repository of another model.
    note
        What a reader must know so as not to misread it, in one short sentence; "" for nothing.
    """

    name: str
    value: Value
    sources: tuple[FactSource, ...]
    unit: str = ""
    about: str = ""
    how: How = "read"
    note: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """All facts of one repository at one commit.

    Attributes
    ----------
    repo
        ``owner/name``, or the path of a folder.
    problems
        What could not be read, a short sentence each: the rest was used.
    disagreements
        Facts of one name whose sources differ, such as a declared and a counted total.
    """

    repo: str
    commit: str = ""
    facts: tuple[Fact, ...] = ()
    problems: tuple[str, ...] = ()
    disagreements: tuple[tuple[Fact, Fact], ...] = field(default=())

    def named(self, name: str, about: str | None = None) -> tuple[Fact, ...]:
        """Facts of a name; with `about`, of that part alone."""
        return tuple(f for f in self.facts if f.name == name and about in (None, f.about))


def resolve(pointer: str, document: object) -> object:
    """The value at a JSON pointer (RFC 6901).

    Raises
    ------
    ConfigError
        Nothing stands there.

    Examples
    --------
    >>> resolve("/a/0", {"a": [7]})
    7
    """
    value = document
    for part in _parts(pointer):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]  # type: ignore[index]
        except (KeyError, IndexError, ValueError, TypeError):
            raise ConfigError(f"nothing stands at {pointer!r}") from None
    return value


def make_pointer(parts: Iterable[str | int]) -> str:
    """A JSON pointer from its parts (RFC 6901).

    Examples
    --------
    >>> make_pointer(["weight_map", "a/b", 0])
    '/weight_map/a~1b/0'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
