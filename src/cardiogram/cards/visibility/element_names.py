"""Names of elements by how they open and close."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS = _names("h1 h2 h3 h4 h5 h6")
VOID = _names(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source "
    "track wbr"
)
"""Elements that hold nothing."""

RAW = _names("iframe noembed noframes noscript script style textarea title xmp")
"""Elements whose text ends only with their own end tag."""

CLOSE_A_PARAGRAPH = HEADINGS | _names(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form header hgroup hr li listing main menu nav ol p plaintext pre search "
    "section summary table ul xmp"
)
BLOCK_ENDS = CLOSE_A_PARAGRAPH - _names("hr p plaintext table xmp") | _names(
    "applet button marquee object"
)
FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
"""Elements that go on in the next block where they are not closed in theirs."""

SCOPES = _names("applet caption desc foreignobject html marquee object select table td template th")
"""Elements that an end tag inside does not reach beyond."""

TABLE_SCOPES = _names("html table template")
SPECIAL = (
    BLOCK_ENDS
    | SCOPES
    | VOID
    | _names("iframe p script select style tbody textarea tfoot thead title tr")
)
CELLS = _names("caption td th")
ROW_GROUPS = _names("tbody tfoot thead")
IN_TABLES = ROW_GROUPS | {"table", "tr"}
"""Where only parts of a table may stand."""

TABLE_PARTS = CELLS | ROW_GROUPS | {"tr", "col", "colgroup"}
OF_THE_PAGE = _names("body frame frameset head html")
INTEGRATION = _names("annotation-xml desc foreignobject mi mn mo ms mtext title")
"""Elements of drawings and formulas in which HTML stands."""

BREAKOUT = HEADINGS | _names(
    "b big blockquote body br center code dd div dl dt em embed font head hr i img li listing menu "
    "meta nobr ol p pre ruby s small span strike strong sub sup table tt u ul var"
)
"""Elements that end a drawing or a formula."""
