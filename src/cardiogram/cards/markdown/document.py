"""What Markdown becomes: blocks with their lines, links, and what no visitor sees."""

from __future__ import annotations

from typing import Literal

from cardiogram.records import NamedTuple, dataclass

HeadingStyle = Literal["markdown", "bold", "html"]
BlockKind = Literal["heading", "paragraph", "item", "code", "table"]


class Block(NamedTuple):
    """One visible piece of a card.

    Attributes
    ----------
    text
        What a visitor reads, without markup; a table keeps its pipes.
    line, last_line
        First and last line in the card, counted from 1.
    level
        1-6 for a heading, 7 for a line in bold, else 0.
    label
        The bold words that open the block (``**Licence:** MIT`` has the label ``Licence``).
    info
        The language named at a code fence, lower case.
    columns, rows
        Size of a table, without its head.
    """

    kind: BlockKind
    text: str
    line: int
    last_line: int
    level: int = 0
    style: HeadingStyle = "markdown"
    label: str = ""
    info: str = ""
    columns: int = 0
    rows: int = 0


class Link(NamedTuple):
    """A link or, with `image`, a picture: where it points and the words it shows."""

    target: str
    text: str
    line: int
    image: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A card's body as a visitor sees it.

    Attributes
    ----------
    blocks
        Everything visible, in order.
    links
        Links and images, in order.
    hidden
        Text of HTML comments and hidden elements.
    html_tags
        Number of HTML tags.
    """

    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    hidden: str = ""
    html_tags: int = 0
    html_tables: int = 0
    unclosed_fence: int = 0
