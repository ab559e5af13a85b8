"""Names of elements by how they are drawn, and of the values that properties take."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNDRAWN = _names(
    "area base basefont datalist dialog head link meta noembed noframes noscript param rp script "
    "style title"
)
"""Elements that are not displayed unless their style says so, or for `dialog` that it is open."""
REPLACED = _names(
    "audio canvas embed frameset iframe meter optgroup option progress select template video"
)
"""Elements in whose place something else is drawn than what they hold."""
UNDRAWN_IN_DRAWINGS = _names(
    "clippath defs desc filter lineargradient marker mask metadata pattern radialgradient script "
    "style symbol title"
)
BLOCKS = _names(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main "
    "marquee menu nav ol optgroup option p plaintext pre search section summary ul xmp"
)
EVERYWHERE = _names("inherit initial revert revert-layer unset")
"""Values that every property takes."""

DISPLAYS = _names(
    "block box contents flex flow flow-root grid inline inline-block inline-box inline-flex "
    "inline-grid inline-list-item inline-table list-item math none ruby ruby-base ruby-text run-in "
    "table table-caption table-cell table-column table-column-group table-footer-group "
    "table-header-group table-row table-row-group"
)
OVERFLOWS = _names("auto clip hidden overlay scroll visible")
KEYWORDS = {
    "visibility": _names("collapse hidden visible"),
    "content-visibility": _names("auto hidden visible"),
    "position": _names("absolute fixed relative static sticky"),
    "overflow-x": OVERFLOWS,
    "overflow-y": OVERFLOWS,
    "float": _names("inline-end inline-start left none right"),
}
"""The values of properties that take no others."""

NUMBERS = _names("opacity zoom")
COLOURS = _names("background-color color fill text-fill-color")
LENGTHS = _names(
    "bottom font-size height left letter-spacing margin-bottom margin-left margin-right margin-top "
    "max-height max-width min-height min-width padding-bottom padding-left padding-right "
    "padding-top right text-indent top width"
)
NO_LENGTHS = _names("auto fit-content max-content min-content none normal stretch")
"""What stands for a length."""

FONT_SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
    "xxx-large": 48.0,
}
"""Pixels of a font by name."""
