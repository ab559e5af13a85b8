"""How deep Python is nested, told before a compiler goes down there: some machines end in it."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from cardiogram.records import dataclass

MOST_NESTED = 300
"""Three times what any card has; a browser's compiler ends at 1,000 or so, or in 199 brackets."""

_BRACKET = 2
"""What a bracket adds to a sign."""

_WORDS = frozenset({"not", "if", "await"})
_BRANCHES = frozenset({"elif", "lambda"})
"""Words that go down beyond a comma, or a line."""
_GOING_DOWN = (*"([{.+-*/%@&|^~<>", *_WORDS, *_BRANCHES)


def is_deep_python(text: str) -> bool:
    """Whether Python is nested deeper than any honest snippet.

    Examples
    --------
    >>> is_deep_python("-" * 500 + "1"), is_deep_python("x = " + "-1, " * 500)
    (True, False)
    """
    if _BRACKET * len(text) <= MOST_NESTED:
        return False
    signs = sum(map(text.count, _GOING_DOWN)) + _BRACKET * sum(map(text.count, "([{"))
    if signs <= MOST_NESTED:
        return False
    return any(depth > MOST_NESTED for depth in _depths(text))


def _depths(text: str) -> Iterator[int]:
    """For each token, how deep a compiler may be there, or may have been in its statement."""
    from tokenize import NAME, NEWLINE, OP, TokenError, generate_tokens

    outside = branches = 0
    here = _Bracket()
    opened: list[_Bracket] = []
    try:
        for kind, word, *_ in generate_tokens(StringIO(text).readline):
            if kind == NEWLINE:
                here, outside = _Bracket(), 0
                opened.clear()
            elif kind == OP and word in ")]}":
                if opened:
                    closed, here = here, opened.pop()
                    outside -= here.depth + _BRACKET
                    inside = max(closed.before, closed.depth) + _BRACKET
                    here.inner = max(here.inner, inside)
            elif kind == OP and word in ",;":
                here = _Bracket(max(here.depth, here.before))
            elif kind == OP or (kind == NAME and word in _WORDS):
                here.steps += 1
                if word in "([{":
                    opened.append(here)
                    outside += here.depth + _BRACKET
                    here = _Bracket()
            elif kind == NAME and word in _BRANCHES:
                branches += 1
            yield branches + outside + here.depth
    except (TokenError, SyntaxError, ValueError):
        return  # a compiler goes no farther either


@dataclass(slots=True)
class _Bracket:
    """What stands in a bracket, from the last comma on: with each sign it may be a step deeper."""

    before: int = 0
    """Depth of what stands before the last comma."""
    inner: int = 0
    steps: int = 0

    @property
    def depth(self) -> int:
        return self.steps + self.inner
