"""A quick look at tags, so that the pages of most cards need not be resolved."""

from __future__ import annotations

from functools import lru_cache
from html import unescape
from re import IGNORECASE, compile

from cardiogram.cards.visibility.style import PAGE, REPLACED, UNDRAWN, look_inside

_DOUBTFUL = UNDRAWN | REPLACED | {"svg", "math", "object", "textarea", "xmp", "plaintext"}
_NEAR = 60.0
_DARK, _LIGHT = 0.6, 0.75  # apart by more than the contrast that is asked for
_SETTING = compile(
    r"""(?:\A|[\s"'/])(?:style|hidden|(?:bg)?color|popover|size)(?![\w-])""", IGNORECASE
)
_STYLE = compile(r"""(?:\A|\s)style\s*=\s*(?:"([^"]*)"|'([^']*)')""", IGNORECASE)


def is_plain_tag(name: str, attributes: str) -> bool:
    """Whether a start tag cannot take anything out of sight; in doubt it can.

    Parameters
    ----------
    name
        In lower case.
    attributes
        As they stand in the tag.

    Examples
    --------
    >>> is_plain_tag("p", ' align="center"'), is_plain_tag("p", ' style="opacity:0"')
    (True, False)
    """
    if name in _DOUBTFUL:
        return False
    if not attributes:
        return True
    if attributes.count('"') % 2 or attributes.count("'") % 2:
        return False
    return _SETTING.search(attributes) is None or _is_harmless(attributes)


@lru_cache(maxsize=1024)
def _is_harmless(attributes: str) -> bool:
    """Whether a style has no say in what is drawn, wherever its element stands."""
    style = _STYLE.search(attributes)
    if style is None or _SETTING.search(attributes[: style.start()] + attributes[style.end() :]):
        return False
    look = look_inside(PAGE, "div", {"style": unescape(style[1] or style[2] or "")})
    near = 0 <= look.left <= _NEAR and 0 <= look.top <= _NEAR
    dark = look.colour.alpha == 1 and look.colour.luminance < _DARK
    light = look.behind is not None and look.behind.luminance > _LIGHT
    if not (near and dark and light and look.size >= PAGE.size):
        return False
    usual = {name: getattr(PAGE, name) for name in ("colour", "behind", "size", "left", "top")}
    return look._replace(**usual, lines_up=False) == PAGE
