"""What a change does to a README, as values: they can be shown, stored, taken or left alone.

Lines of a README move while changes are applied one after the other, so that an operation on the
body names its place by words of the author's lines and not by number.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardiogram.improve.editing import (
    EditRefused,
    ListedResult,
    ReadmeText,
    add_items,
    add_results,
    insert_lines,
    remove_key,
    rename_key,
    replace_lines,
    replace_words,
    set_value,
    with_block,
)


@dataclass(frozen=True, slots=True)
class SetMetadata:
    """Give a key of the front matter a value; a README without one gets it."""

    key: str
    value: str | tuple[str, ...]

    def apply(self, readme: ReadmeText) -> ReadmeText:
        """The README with it."""
        return set_value(with_block(readme), self.key, self.value)


@dataclass(frozen=True, slots=True)
class AddMetadata:
    """Add items to a list of the front matter."""

    key: str
    items: tuple[str, ...]

    def apply(self, readme: ReadmeText) -> ReadmeText:
        """The README with them."""
        return add_items(with_block(readme), self.key, self.items)


@dataclass(frozen=True, slots=True)
class AddResults:
    """Add results to the `model-index` of the front matter."""

    name: str
    results: tuple[ListedResult, ...]

    def apply(self, readme: ReadmeText) -> ReadmeText:
        """The README with them."""
        return add_results(with_block(readme), self.name, self.results)


@dataclass(frozen=True, slots=True)
class RenameMetadata:
    """Give a value of the front matter another key."""

    key: str
    new: str

    def apply(self, readme: ReadmeText) -> ReadmeText:
        """The README with it."""
        return rename_key(readme, self.key, self.new)


@dataclass(frozen=True, slots=True)
class RemoveMetadata:
    """Take a key of the front matter away."""

    key: str

    def apply(self, readme: ReadmeText) -> ReadmeText:
        """The README without it."""
        return remove_key(readme, self.key)


@dataclass(frozen=True, slots=True)
class InsertLines:
    """Put lines behind lines of the card.

    Attributes
    ----------
    behind
        Consecutive lines as they stand; none for the end of the card.
    nth
        Which of equal places, from 0.
    """

    lines: tuple[str, ...]
    behind: tuple[str, ...] = ()
    nth: int = 0

    def apply(self, readme: ReadmeText) -> ReadmeText:
        """The README with them."""
        last = _find(readme, self.behind, self.nth) + len(self.behind)
        return insert_lines(readme, last if self.behind else len(readme.lines()), self.lines)


@dataclass(frozen=True, slots=True)
class ReplaceLines:
    """Put lines in the place of others; without new ones, take them away."""

    was: tuple[str, ...]
    lines: tuple[str, ...] = ()
    nth: int = 0

    def apply(self, readme: ReadmeText) -> ReadmeText:
        """The README with them."""
        first = _find(readme, self.was, self.nth) + 1
        return replace_lines(readme, first, first + len(self.was) - 1, self.lines, self.was)


@dataclass(frozen=True, slots=True)
class ReplaceWords:
    """Put words in the place of others on a line."""

    line: str
    old: str
    new: str
    nth: int = 0

    def apply(self, readme: ReadmeText) -> ReadmeText:
        """The README with them."""
        number = _find(readme, (self.line,), self.nth) + 1
        return replace_words(readme, number, self.old, self.new)


Operation = (
    SetMetadata
    | AddMetadata
    | AddResults
    | RenameMetadata
    | RemoveMetadata
    | InsertLines
    | ReplaceLines
    | ReplaceWords
)


def _find(readme: ReadmeText, lines: tuple[str, ...], nth: int) -> int:
    """Lines above the nth place where these lines stand."""
    if not lines:
        return 0
    present = [readme.text[start:end] for start, end in readme.lines()]
    size = len(lines)
    places = [
        index
        for index in range(len(present) - size + 1)
        if present[index] == lines[0] and tuple(present[index : index + size]) == lines
    ]
    if nth >= len(places):
        raise EditRefused(f"no line of README.md says {lines[0][:60]!r}")
    return places[nth]
