"""A quick look at tags, so that the pages of most cards need not be resolved."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from cardiogram.cards.visibility import style as styles
from cardiogram.cards.visibility.style import REPLACED, UNDRAWN
from cardiogram.lazy import regex

_DOUBTFUL = UNDRAWN | REPLACED | {"svg", "math", "object", "textarea", "xmp", "plaintext"}
_NEAR = 60.0
_DARK, _LIGHT = 0.6, 0.75  # apart by more than the contrast that is asked for
_SETTING = regex(
    r"""(?:\A|[\s"'/])(?:style|hidden|(?:bg)?color|popover|size)(?![\w-])""", re.IGNORECASE
)
_STYLE = regex(r"""(?:\A|\s)style\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SHORT = r"(?:auto|0|[0-2]?(?:\.\d+)?em|[0-5]?\dpx)"
_EVERYDAY = regex(
    r"(?:\s*(?:(?:text|align|justify|vertical)-(?:align|items|content)|font-(?:weight|style)"
    r"|flex-direction|border(?:-radius)?|padding|line-height|(?:min-|max-)?(?:width|height))"
    r"\s*:[\w.%#\s-]*(?:;|\Z)"
    rf"|\s*margin(?:-(?:top|right|bottom|left))?\s*:(?:\s*{_SHORT}){{1,4}}\s*(?:;|\Z)"
    r"|\s*display\s*:\s*(?:block|flex|inline-block)\s*(?:;|\Z))*\s*"
)
"""Declarations of most styles, none of which can take anything out of sight."""


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
    declared = style[1] or style[2] or ""
    if _EVERYDAY.fullmatch(declared):
        return True
    page = styles.PAGE
    look = styles.look_inside(page, "div", {"style": unescape(declared)})
    near = 0 <= look.left <= _NEAR and 0 <= look.top <= _NEAR
    dark = look.colour.alpha == 1 and look.colour.luminance < _DARK
    light = look.behind is not None and look.behind.luminance > _LIGHT
    if not (near and dark and light and look.size >= page.size):
        return False
    usual = {name: getattr(page, name) for name in ("colour", "behind", "size", "left", "top")}
    return look._replace(**usual, lines_up=False) == page
