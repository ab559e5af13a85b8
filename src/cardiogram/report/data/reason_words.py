"""Why an effect cannot be looked for after changes of cards, in plain words and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

_PLAIN = {
    "with other files": "other files changed in the same commit",
    "README returns to an earlier blob": "an earlier text came back",
    "a generated card replaces a written one": "a generated card took a written one's place",
    "same session as the commit before": "within 24 hours of the one before: they count as one",
    "library_name appears": "library_name was added, so the Hub counts downloads anew",
    "library_name disappears": "library_name was removed, so the Hub counts downloads anew",
    "library_name changes": "library_name was changed, so the Hub counts downloads anew",
    "edited on and on": "edited again and again for more than 24 hours",
    "dated before its parent": "dated before the commit it follows: its day is not known",
    "came with a merge": "came with a merge: its day is not known",
}
"""What events keep of a reason, by how it begins."""


def plain_reason(reason: str) -> str:
    """A reason as a reader is told it.

    Examples
    --------
    >>> plain_reason("library_name appears: downloads are recounted")
    'library_name was added, so the Hub counts downloads anew'
    """
    return next((said for begins, said in _PLAIN.items() if reason.startswith(begins)), reason)


def count_reasons(reasons: Mapping[str, int]) -> dict[str, int]:
    """How many have each reason in plain words, the most frequent first."""
    counted: Counter[str] = Counter()
    for reason, number in reasons.items():
        counted[plain_reason(reason)] += number
    return dict(counted.most_common())
