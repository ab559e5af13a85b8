"""A card without the names that say whose it is.

Masked are the model's id, its owner's and its own name however their letters are parted, e-mail
addresses, and the authors of a reference. What else gives a card away stays, because it is what a
reader has to judge: the family of the model, its numbers, its base model, the words of its owner.
"""

from __future__ import annotations

import re

OWNER, MODEL, PERSON = "‹owner›", "‹model›", "‹person›"
"""What stands in a masked card for a name."""

_APART, _WITHIN = 5, 8
"""Letters from which a name is known however they are parted and within an address; and from which
it is known within any word."""

_SHORTEST = 3
_WORDS = frozenset({"model", "models", "base", "test", "demo", "data", "dataset", "transformers"})
"""Names that are words of every card: masked in the id only."""

_MAIL = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}\.[A-Za-z0-9.-]{1,63}")
_AUTHOR = re.compile(
    r"(?i)(\bauthors?[ \t]{0,20}=[ \t]{0,20})(\{[^\n]{0,2000}|\"[^\n\"]{0,2000}\")"
)
_RUN = re.compile(r"\S+")


def mask_names(text: str, id: str) -> str:
    """Take a model's names out of a text; lines stay where they are.

    Examples
    --------
    >>> mask_names("Mistral AI made Zephyr-9b: mistralai/zephyr-9b", "mistralai/zephyr-9b")
    '‹owner› made ‹model›: ‹owner›/‹model›'
    """
    text = _MAIL.sub(PERSON, _AUTHOR.sub(rf"\1{{{PERSON}}},", text))
    owner, slash, model = id.rpartition("/")
    owned = {model: MODEL, owner: OWNER} if slash else {model: MODEL}
    known = {name: mask for name, mask in owned.items() if _is_telling(name)}
    masks = {id: f"{OWNER}/{MODEL}"} if slash else {}
    whole = {re.escape(name): mask for name, mask in masks.items()}
    text = _mask(text, whole | {_spell(name): mask for name, mask in known.items()})
    text = _mask(text, {_spell(n): m for n, m in known.items() if len(n) >= _WITHIN}, edge="")
    within = {_spell(name): mask for name, mask in known.items() if len(name) >= _APART}
    return _RUN.sub(lambda run: _mask_address(run[0], within), text) if within else text


def _is_telling(name: str) -> bool:
    """Whether a name says more than a word that stands on every card."""
    return len(name) >= _SHORTEST and name.lower() not in _WORDS


def _spell(name: str) -> str:
    """A pattern of a name: of a long one however its letters are parted."""
    letters = re.findall(r"[^\W_]", name)
    if len(letters) < _APART:
        return re.escape(name)
    return "[-_. (]{0,3}".join(letters)


def _mask(text: str, masks: dict[str, str], edge: str = r"[^\W\d_]") -> str:
    """Put each mask where its pattern stands; with an edge, only where no letter goes on."""
    if not masks:
        return text
    before, after = (f"(?<!{edge})", f"(?!{edge})") if edge else ("", "")
    choices = "|".join(f"({pattern})" for pattern in masks)
    words = list(masks.values())
    joined = re.compile(f"(?i){before}(?:{choices}){after}")
    return joined.sub(lambda match: words[(match.lastindex or 1) - 1], text)


def _mask_address(run: str, masks: dict[str, str]) -> str:
    """An address without the names within it: an account may be called after its owner."""
    if "://" in run or "@" in run or "www." in run:
        return _mask(run, masks, edge="")
    return run
