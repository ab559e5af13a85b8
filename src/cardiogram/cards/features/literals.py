"""Literal texts that stand in a text: by an automaton where one is installed, else one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set as AbstractSet

try:
    from ahocorasick_rs import BytesAhoCorasick, Implementation
except ImportError:  # no wheel for this machine, as in a browser
    BytesAhoCorasick = None  # type: ignore[assignment, misc]

_FEW = 40
"""Texts from which an automaton is worth its time to be built, which is that of a short start."""


class LiteralSearch:
    """Literal texts to search for, all in one pass: soon built, and after some searches a fast one.

    Parameters
    ----------
    texts
        What to search for.
    needs
        For each the word without which nobody asks for it; none where it begins with a space.

    References
    ----------
    Aho, Corasick (1975), Efficient string matching, CACM 18(6).
    """

    def __init__(self, texts: Sequence[bytes], needs: Sequence[bytes] = ()) -> None:
        self._texts, self._left = texts, _FEW
        self._built: BytesAhoCorasick | None = None
        self._always = [n for n in range(len(texts)) if not needs or needs[n][:1] in (b"", b" ")]
        self._with: dict[bytes, list[int]] = defaultdict(list)
        for number, need in enumerate(needs):
            self._with[need].append(number)

    def search(self, text: bytes, words: AbstractSet[bytes] = frozenset()) -> dict[int, int]:
        """Numbers of all texts that stand in one, and where each begins for the last time.

        Parameters
        ----------
        words
            Of the text: of those that nobody asks for without their words some may be missing.
        """
        if BytesAhoCorasick is None:
            given = words & self._with.keys()
            may = [*self._always, *(number for word in given for number in self._with[word])]
            places = {number: text.rfind(self._texts[number]) for number in may}
            return {number: place for number, place in places.items() if place >= 0}
        if self._left:
            self._build()
        hits = self._built.find_matches_as_indexes(text, overlapping=True) if self._built else ()
        return {number: begin for number, begin, _ in hits}

    def _build(self) -> None:
        """Build a first automaton, and after some searches a faster one."""
        if not self._built:
            kind = Implementation.NoncontiguousNFA
            self._built = BytesAhoCorasick(self._texts, implementation=kind)
        self._left -= 1
        if not self._left:
            self._built = BytesAhoCorasick(self._texts, implementation=Implementation.DFA)


def name_search() -> str:
    """Say how phrases are searched for, with the version of the package."""
    if BytesAhoCorasick is None:
        return "plain search"
    from importlib.metadata import version

    return f"ahocorasick-rs {version('ahocorasick-rs')}"
