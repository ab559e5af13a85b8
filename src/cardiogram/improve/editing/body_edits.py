"""Edits of a card's body by whole lines, and what they leave of the author's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from cardiogram.improve.editing.readme_text import EditRefused, ReadmeText
from cardiogram.lazy import regex

_WORD = regex(r"\w+|[^\w\s]")
_ENTRY = regex(r" {0,3}[-*+] \*\*")
_PAIRS = 100_000_000
"""Words of one text times those of another whose order is still compared."""


def insert_lines(readme: ReadmeText, line: int, lines: Sequence[str]) -> ReadmeText:
    r"""Put lines behind a line of the README, a blank line before and after them.

    Entries of a list go on with the list that they come behind.

    Parameters
    ----------
    line
        Line from 1 behind which they go; 0 for the top.
    lines
        Without line ends.

    Raises
    ------
    EditRefused
        The README has no such line.

    Examples
    --------
    >>> insert_lines(ReadmeText("# A\nB\n"), 1, ["C"]).text
    '# A\n\nC\n\nB\n'
    """
    places = readme.lines()
    if not 0 <= line <= len(places):
        raise EditRefused(f"README.md has no line {line}")
    text, end = readme.text, readme.line_end
    cut = len(text) if line >= len(places) else places[line][0]
    before, after = text[:cut], text[cut:]
    new = end.join(lines) + end
    if before and not before.endswith(("\n", "\r")):
        new = end + new
    above = before.splitlines()
    if line and above and above[-1].strip() and not _goes_on(above[-1], lines):
        new = end + new
    following = text[slice(*places[line])] if line < len(places) else ""
    if following.strip():
        new += end
    return readme.with_text(before + new + after)


def _goes_on(above: str, lines: Sequence[str]) -> bool:
    """Whether entries of a list come behind an entry of the same kind."""
    entry = _ENTRY.match(above)
    return entry is not None and bool(lines) and lines[0].startswith(entry[0])


def replace_lines(
    readme: ReadmeText, first: int, last: int, lines: Sequence[str], was: Sequence[str]
) -> ReadmeText:
    """Put lines in the place of others; with no lines, and a blank one beside, both go.

    Parameters
    ----------
    was
        What stands there, so that an edit of another revision is refused.

    Raises
    ------
    EditRefused
        Something else stands there.
    """
    places = readme.lines()
    if not 1 <= first <= last <= len(places):
        raise EditRefused(f"README.md has no lines {first} to {last}")
    if [readme.text[slice(*place)] for place in places[first - 1 : last]] != list(was):
        raise EditRefused(f"line {first} is not what it was")
    start = places[first - 1][0]
    stop = places[last][0] if last < len(places) else len(readme.text)
    ended = last < len(places)
    new = "".join(f"{line}{readme.line_end}" for line in lines)
    if lines and not ended:
        new = new.removesuffix(readme.line_end)
    if not lines and ended and _blank(readme, places, last) and _blank(readme, places, first - 2):
        stop = places[last + 1][0] if last + 1 < len(places) else len(readme.text)
    return readme.with_text(readme.text[:start] + new + readme.text[stop:])


def replace_words(readme: ReadmeText, line: int, old: str, new: str) -> ReadmeText:
    """Put words in the place of others on one line.

    Raises
    ------
    EditRefused
        They do not stand there exactly once.
    """
    places = readme.lines()
    if not 1 <= line <= len(places):
        raise EditRefused(f"README.md has no line {line}")
    start, stop = places[line - 1]
    if not old or readme.text.count(old, start, stop) != 1:
        raise EditRefused(f"line {line} does not say {old[:60]!r} once")
    place = readme.text.index(old, start, stop)
    return readme.with_text(readme.text[:place] + new + readme.text[place + len(old) :])


def kept_words(before: str, after: str, replaceable: Collection[str] = ()) -> float:
    """Share of the words of a text that stand in another in the same order.

    Parameters
    ----------
    replaceable
        Lines that may go: a generator's words.

    Returns
    -------
    float
        From 0 to 1; 1 where there is no word that must stay.

    Examples
    --------
    >>> kept_words("a b c", "a x b")
    0.6666666666666666
    """
    lines = (line for line in before.splitlines() if line.strip() not in replaceable)
    had = _WORD.findall("\n".join(lines))
    if not had:
        return 1.0
    now = _WORD.findall(after)
    return _common(had, now) / len(had)


def _common(had: list[str], now: list[str]) -> int:
    """How many words two texts have in common in the same order; of long ones, in any order."""
    pairs = enumerate(zip(had, now, strict=False))
    same = next((number for number, (was, new) in pairs if was != new), None)
    if same is None:
        return min(len(had), len(now))
    had, now = had[same:], now[same:]
    if len(had) * len(now) > _PAIRS:
        return same + (Counter(had) & Counter(now)).total()
    matcher = SequenceMatcher(a=had, b=now, autojunk=False)
    return same + sum(block.size for block in matcher.get_matching_blocks())


def _blank(readme: ReadmeText, places: Sequence[tuple[int, int]], index: int) -> bool:
    """Whether a line, from 0, is blank, or lies before the first or behind the last."""
    return not (0 <= index < len(places)) or not readme.text[slice(*places[index])].strip()
