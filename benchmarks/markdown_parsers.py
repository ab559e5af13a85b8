"""Compare Markdown parsers on real model cards: speed, and agreement with cmark-gfm.

Run it in an environment that has the candidates to compare; those that are missing are
skipped, and the reason is printed to standard error::

    pip install pyromark cmarkgfm comrak markdown-it-py linkify-it-py mistune marko mistletoe \
        Markdown
    python benchmarks/markdown_parsers.py --cards cards.jsonl.gz --repeats 5

How it is measured
------------------
Every card loses a leading YAML block and its carriage returns, which is done once and not
timed. The process is held on one core where the system allows it. Each candidate then does
two jobs over all cards, after one warm-up pass, and the median of the repeats is shown:

* *structure*: find the headings, code blocks, tables, lists, links and images, with start
  lines where the parser has them; this is what cardiogram needs, and the ratio is taken
  from it. Parsers that give only HTML pay for `html.parser` here, because we should too.
* *HTML*: render to HTML, the job that the parsers' own benchmarks measure.

The reference is GitHub's C parser, cmark-gfm, through ``cmarkgfm``, with tables,
strikethrough and bare-address links; raw HTML is left out of every side, since it is not
Markdown structure. The agreement columns are the share of cards on which a candidate and
the reference have the same sequence of headings (level and text), of code blocks (language
and content), of tables (rows and columns), and the same set of links. Links are compared
twice: all of them, and without those whose text is their own address, for a parser
may leave bare addresses to its caller. *F1* is over all blocks (headings, code, tables,
lists by their number of items, images, links that are not bare). *Lines* is the share of the
agreed headings, code blocks and tables that start on the line that the reference names;
where a table follows a line of text without a blank line, cmark-gfm names the line of the
text, so 100 % is not the aim there.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import importlib.metadata
import json
import os
import re
import statistics
import sys
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

REFERENCE = "cmarkgfm"
FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n.*?^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
UNSAFE_SCHEMES = ("javascript:", "vbscript:", "file:", "data:")
LOCATED = ("heading", "code", "table")
COLUMNS = (
    *("parser", "version", "structure, cards/s", "ratio to slowest", "HTML, cards/s", "MB"),
    *("source positions", "headings", "code", "tables", "links", "links not bare", "F1", "lines"),
)


class Block(NamedTuple):
    """One piece of a document's structure."""

    kind: str
    key: tuple[object, ...]
    line: int | None
    bare: bool = False


@dataclass
class _Open:
    """A piece that has begun and not yet ended."""

    kind: str
    detail: str
    line: int | None
    slot: int
    text_from: int
    count: int = 0
    width: int = 0


class Collector:
    """Build the blocks of one document from start, text and end calls.

    The kinds are ``heading`` (detail: level), ``code`` (detail: info string), ``table``,
    ``row``, ``cell``, ``list``, ``item``, ``link`` and ``image`` (detail: address).
    """

    def __init__(self) -> None:
        self.blocks: list[Block | None] = []
        self._open: list[_Open] = []
        self._pieces: list[str] = []

    def start(self, kind: str, detail: str = "", line: int | None = None) -> None:
        """Begin a piece, which keeps its place in document order."""
        self._open.append(_Open(kind, detail, line, len(self.blocks), len(self._pieces)))
        if kind not in ("row", "cell", "item"):
            self.blocks.append(None)

    def text(self, text: str) -> None:
        """Add text to every piece that is open."""
        self._pieces.append(text)

    def end(self, kind: str) -> None:
        """End the innermost piece of a kind; do nothing if none is open."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].kind == kind:
                self._close(self._open.pop(index), self._open[:index])
                return

    def finish(self) -> list[Block]:
        """Return the blocks in document order."""
        return [block for block in self.blocks if block is not None]

    def _close(self, piece: _Open, outer: Sequence[_Open]) -> None:
        text = "".join(self._pieces[piece.text_from :])
        match piece.kind:
            case "cell" | "item":
                _count(outer, "row" if piece.kind == "cell" else "list")
            case "row":
                _count(outer, "table", piece.count)
            case "image":
                del self._pieces[piece.text_from :]
                self.blocks[piece.slot] = Block("image", (_address(piece.detail),), piece.line)
            case _:
                self.blocks[piece.slot] = _finished(piece, text)


def _count(outer: Sequence[_Open], kind: str, width: int = 0) -> None:
    for piece in reversed(outer):
        if piece.kind == kind:
            piece.count += 1
            piece.width = max(piece.width, width)
            return


def _finished(piece: _Open, text: str) -> Block:
    match piece.kind:
        case "heading":
            key: tuple[object, ...] = (int(piece.detail), " ".join(text.split()))
        case "code":
            key = (next(iter(piece.detail.split()), ""), text.rstrip("\n"))
        case "table":
            key = (piece.count, piece.width)
        case "list":
            key = (piece.count,)
        case _:
            address = _address(piece.detail)
            bare = address.removeprefix("http://") == _address(text).removeprefix("http://")
            return Block(piece.kind, (address,), piece.line, bare)
    return Block(piece.kind, key, piece.line)


def _address(address: str) -> str:
    address = unquote(address.strip()).removeprefix("mailto:")
    return "" if address.lower().startswith(UNSAFE_SCHEMES) else address


class HtmlStructure(HTMLParser):
    """Read the structure back from rendered HTML that carries no raw HTML."""

    _KINDS = {  # noqa: RUF012 - a constant
        **{f"h{level}": "heading" for level in range(1, 7)},
        **{"table": "table", "tr": "row", "td": "cell", "th": "cell"},
        **{"ul": "list", "ol": "list", "li": "item", "a": "link"},
    }

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.collector = Collector()
        self._fence: int | None = None
        self._in_fence = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin the piece that a tag stands for."""
        values = {name: value or "" for name, value in attrs}
        position = values.get("data-sourcepos", "").partition(":")[0]
        line = int(position) if position else None
        if tag == "pre":
            self._in_fence, self._fence = True, line
        elif tag == "code" and self._in_fence:
            language = values.get("class", "").removeprefix("language-")
            self.collector.start("code", language, self._fence)
        elif tag == "img":
            self.collector.start("image", values.get("src", ""), line)
            self.collector.end("image")
        elif kind := self._KINDS.get(tag):
            detail = tag[1:] if kind == "heading" else values.get("href", "")
            self.collector.start(kind, detail, line)

    def handle_endtag(self, tag: str) -> None:
        """End the piece that a tag stands for."""
        if tag == "pre":
            self._in_fence = False
        elif tag == "code" and self._in_fence:
            self.collector.end("code")
        elif kind := self._KINDS.get(tag):
            self.collector.end(kind)

    def handle_data(self, data: str) -> None:
        """Add text."""
        self.collector.text(data)


def _from_html(html: str) -> list[Block]:
    reader = HtmlStructure()
    reader.feed(html)
    reader.close()
    return reader.collector.finish()


class Lines:
    """Turn offsets into line numbers that start at 1."""

    def __init__(self, text: str | bytes) -> None:
        newline = "\n" if isinstance(text, str) else b"\n"
        self._starts = [0]
        for line in text.split(newline):  # type: ignore[arg-type]
            self._starts.append(self._starts[-1] + len(line) + 1)

    def at(self, offset: int) -> int:
        """Return the number of the line that holds an offset."""
        return bisect_right(self._starts, offset)


class Candidate(NamedTuple):
    """A parser, made ready: its two jobs, and whether it knows positions in the source."""

    structure: Callable[[str], list[Block]]
    html: Callable[[str], str]
    positions: str


def make_cmarkgfm() -> Candidate:
    """Make cmark-gfm (C), which is also the reference."""
    cmark = importlib.import_module("cmarkgfm.cmark")
    extensions = ["table", "strikethrough", "autolink"]
    sourcepos = cmark.Options.CMARK_OPT_SOURCEPOS

    def html(text: str) -> str:
        return str(cmark.markdown_to_html_with_extensions(text, 0, extensions))

    def structure(text: str) -> list[Block]:
        render = cmark.markdown_to_html_with_extensions
        return _from_html(render(text, sourcepos, extensions))

    return Candidate(structure, html, "lines and columns, as HTML attributes")


def make_comrak() -> Candidate:
    """Make comrak (Rust), a port of cmark-gfm."""
    comrak = importlib.import_module("comrak")
    extension, parse = comrak.ExtensionOptions(), comrak.ParseOptions()
    extension.table = extension.strikethrough = extension.autolink = True
    plain, located = comrak.RenderOptions(), comrak.RenderOptions()
    located.sourcepos = True

    def html(text: str) -> str:
        return str(comrak.render_markdown(text, extension, parse, plain))

    def structure(text: str) -> list[Block]:
        return _from_html(comrak.render_markdown(text, extension, parse, located))

    return Candidate(structure, html, "lines and columns, as HTML attributes")


def make_pyromark() -> Candidate:
    """Make pyromark (Rust, pulldown-cmark), whose events carry ranges of UTF-8 bytes."""
    pyromark = importlib.import_module("pyromark")
    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
    markdown = pyromark.Markdown(options=options)

    def structure(text: str) -> list[Block]:
        collector, lines = Collector(), Lines(text.encode())
        for event, span in markdown.events_with_range(text):
            if isinstance(event, str):
                collector.text(" ")
                continue
            ((name, value),) = event.items()
            if name in ("Text", "Code"):
                collector.text(value)
            elif name == "Start":
                if piece := _pyromark_piece(value):
                    collector.start(*piece, lines.at(span["start"]))
            elif name == "End" and (kind := _PYROMARK.get(_tag(value))):
                if value == "TableHead":
                    collector.end("row")
                else:
                    collector.end(kind)
        return collector.finish()

    return Candidate(structure, markdown.html, "byte offsets of every event")


_PYROMARK = {
    **{"Heading": "heading", "CodeBlock": "code", "Table": "table", "TableHead": "row"},
    **{"TableRow": "row", "TableCell": "cell", "List": "list", "Item": "item"},
    **{"Link": "link", "Image": "image"},
}


def _tag(tag: str | dict[str, object]) -> str:
    return tag if isinstance(tag, str) else next(iter(tag))


def _pyromark_piece(tag: Any) -> tuple[str, str] | None:
    name = _tag(tag)
    kind = _PYROMARK.get(name)
    if kind is None:
        return None
    match name:
        case "Heading":
            return kind, tag[name]["level"][1:]
        case "CodeBlock":
            return kind, tag[name]["Fenced"] if isinstance(tag[name], dict) else ""
        case "Link" | "Image":
            return kind, tag[name]["dest_url"]
    return kind, ""


def make_markdown_it() -> Candidate:
    """Make markdown-it-py (Python), with its preset for GitHub."""
    module = importlib.import_module("markdown_it")
    importlib.import_module("linkify_it")
    markdown = module.MarkdownIt("gfm-like")

    def structure(text: str) -> list[Block]:
        collector = Collector()
        _walk_markdown_it(markdown.parse(text), collector, None)
        return collector.finish()

    return Candidate(structure, markdown.render, "lines of blocks only")


_MARKDOWN_IT = {
    **{"heading": "heading", "table": "table", "tr": "row", "th": "cell", "td": "cell"},
    **{"bullet_list": "list", "ordered_list": "list", "list_item": "item", "link": "link"},
}


def _walk_markdown_it(tokens: Iterable[Any], collector: Collector, block_line: int | None) -> None:
    for token in tokens:
        line = token.map[0] + 1 if token.map else block_line
        name, _, side = token.type.rpartition("_")
        match token.type:
            case "inline":
                _walk_markdown_it(token.children or (), collector, line)
            case "fence" | "code_block":
                collector.start("code", token.info, line)
                collector.text(token.content)
                collector.end("code")
            case "image":
                collector.start("image", token.attrs["src"], line)
                collector.end("image")
            case "text" | "text_special" | "code_inline":
                collector.text(token.content)
            case "softbreak" | "hardbreak":
                collector.text(" ")
            case _ if kind := _MARKDOWN_IT.get(name):
                if side == "open":
                    detail = token.tag[1:] if kind == "heading" else token.attrs.get("href", "")
                    collector.start(kind, detail, line)
                else:
                    collector.end(kind)


def make_mistune() -> Candidate:
    """Make mistune (Python), with its syntax tree."""
    mistune = importlib.import_module("mistune")
    plugins = ["table", "strikethrough", "url"]
    parse = mistune.create_markdown(renderer=None, plugins=plugins)
    render = mistune.create_markdown(renderer="html", plugins=plugins)

    def structure(text: str) -> list[Block]:
        collector = Collector()
        _walk_mistune(parse(text), collector)
        return collector.finish()

    return Candidate(structure, render, "no")


_MISTUNE = {
    **{"heading": "heading", "block_code": "code", "table": "table", "table_head": "row"},
    **{"table_row": "row", "table_cell": "cell", "list": "list", "list_item": "item"},
    **{"link": "link", "image": "image"},
}


def _walk_mistune(nodes: Iterable[dict[str, Any]], collector: Collector) -> None:
    for node in nodes:
        name, attrs = node["type"], node.get("attrs", {})
        kind = _MISTUNE.get(name)
        if kind:
            detail = attrs.get("level") or attrs.get("info") or attrs.get("url") or ""
            collector.start(kind, str(detail))
        if name in ("text", "codespan", "block_code"):
            collector.text(node["raw"])
        elif name in ("softbreak", "linebreak"):
            collector.text(" ")
        _walk_mistune(node.get("children", ()), collector)
        if kind:
            collector.end(kind)


def make_marko() -> Candidate:
    """Make marko (Python), with its extension for GitHub."""
    marko = importlib.import_module("marko")
    markdown = marko.Markdown(extensions=["gfm"])

    def structure(text: str) -> list[Block]:
        collector, lines = Collector(), Lines(text)
        _walk_marko(markdown.parse(text), collector, lines)
        return collector.finish()

    return Candidate(structure, markdown.convert, "character offsets of most nodes")


_MARKO = {
    **{"Heading": "heading", "SetextHeading": "heading", "FencedCode": "code"},
    **{"CodeBlock": "code", "Table": "table", "TableRow": "row", "TableCell": "cell"},
    **{"List": "list", "ListItem": "item", "Link": "link", "AutoLink": "link", "Url": "link"},
    **{"Image": "image"},
}


def _walk_marko(node: Any, collector: Collector, lines: Lines) -> None:
    name = node.get_type()
    kind = _MARKO.get(name)
    if kind:
        detail = getattr(node, "level", None) or getattr(node, "dest", None)
        span = getattr(node, "source_span", None)
        collector.start(
            kind,
            str(detail or getattr(node, "lang", "") or ""),
            lines.at(span[0]) if span else None,
        )
    children = getattr(node, "children", None)
    if name == "LineBreak":
        collector.text(" ")
    elif isinstance(children, str):
        if name not in ("InlineHTML", "HTMLBlock"):
            collector.text(children)
    elif children is not None:
        for child in children:
            _walk_marko(child, collector, lines)
    if kind:
        collector.end(kind)


def make_mistletoe() -> Candidate:
    """Make mistletoe (Python), whose blocks know their line."""
    mistletoe = importlib.import_module("mistletoe")

    def structure(text: str) -> list[Block]:
        collector = Collector()
        with mistletoe.HtmlRenderer():
            _walk_mistletoe(mistletoe.Document(text), collector)
        return collector.finish()

    return Candidate(structure, mistletoe.markdown, "lines of blocks only")


_MISTLETOE = {
    **{"Heading": "heading", "SetextHeading": "heading", "CodeFence": "code"},
    **{"BlockCode": "code", "Table": "table", "TableRow": "row", "TableCell": "cell"},
    **{"List": "list", "ListItem": "item", "Link": "link", "AutoLink": "link"},
    **{"Image": "image"},
}


def _walk_mistletoe(node: Any, collector: Collector) -> None:
    name = type(node).__name__
    if name.startswith("Html"):
        return
    kind = _MISTLETOE.get(name)
    if kind:
        names = ("level", "language", "target", "src")
        detail = next((str(getattr(node, name)) for name in names if hasattr(node, name)), "")
        collector.start(kind, detail, getattr(node, "line_number", None))
    if name == "LineBreak":
        collector.text(" ")
    elif name == "RawText":
        collector.text(node.content)
    if name == "Table" and hasattr(node, "header"):
        _walk_mistletoe(node.header, collector)
    for child in node.children or ():
        _walk_mistletoe(child, collector)
    if kind:
        collector.end(kind)


def make_python_markdown() -> Candidate:
    """Make Python-Markdown (Python), which follows the rules of 2004, not CommonMark."""
    module = importlib.import_module("markdown")
    names = ["tables", "fenced_code", "sane_lists"]
    render = module.Markdown(extensions=names)
    parse = module.Markdown(extensions=names)
    processor: type = importlib.import_module("markdown.treeprocessors").Treeprocessor

    def drop_raw_html(self: Any, _root: object) -> None:
        stash = self.md.htmlStash
        stash.rawHtmlBlocks = [
            raw if str(raw).startswith("<pre><code") else "" for raw in stash.rawHtmlBlocks
        ]

    parse.treeprocessors.register(
        type("DropRawHtml", (processor,), {"run": drop_raw_html})(parse), "drop_raw_html", -1
    )

    def html(text: str) -> str:
        return str(render.reset().convert(text))

    def structure(text: str) -> list[Block]:
        return _from_html(parse.reset().convert(text))

    return Candidate(structure, html, "no")


# Name of the distribution, and how to make it. The reference is the first.
CANDIDATES: dict[str, Callable[[], Candidate]] = {
    REFERENCE: make_cmarkgfm,
    "pyromark": make_pyromark,
    "comrak": make_comrak,
    "markdown-it-py": make_markdown_it,
    "mistune": make_mistune,
    "marko": make_marko,
    "mistletoe": make_mistletoe,
    "Markdown": make_python_markdown,
}


def read_cards(path: Path) -> list[str]:
    """Return the bodies of the cards in a file of JSON lines, which may be compressed."""
    raw = path.read_bytes()
    data = gzip.decompress(raw) if path.suffix == ".gz" else raw
    texts = (json.loads(line)["text"] for line in data.decode("utf-8").split("\n") if line)
    return [FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1) for text in texts]


def cards_per_second(job: Callable[[str], object], cards: Sequence[str], repeats: int) -> float:
    """Return the median speed of a job over all cards, after one pass to warm up."""

    def one_pass() -> float:
        start = time.perf_counter()
        for card in cards:
            job(card)
        return time.perf_counter() - start

    one_pass()
    return len(cards) / statistics.median(one_pass() for _ in range(repeats))


def installed_megabytes(distribution: str) -> float:
    """Return the size on disk of one distribution, without what it depends on."""
    files = importlib.metadata.files(distribution) or []
    paths = [Path(str(file.locate())) for file in files if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def _keys(blocks: Iterable[Block], kind: str, *, bare: bool = True) -> list[tuple[object, ...]]:
    return [b.key for b in blocks if b.kind == kind and (bare or not b.bare)]


@dataclass
class Agreement:
    """How far a candidate's structures are those of the reference, as shares."""

    heading: float
    code: float
    table: float
    links: float
    links_not_bare: float
    f1: float
    lines: float | None


def compare(ours: Sequence[list[Block]], theirs: Sequence[list[Block]]) -> Agreement:
    """Compare a candidate's structures with the reference's, card by card."""
    pairs = list(zip(ours, theirs, strict=True))

    def sequences(kind: str) -> float:
        return statistics.fmean(_keys(a, kind) == _keys(b, kind) for a, b in pairs)

    def links(*, bare: bool) -> float:
        sets = ([set(_keys(side, "link", bare=bare)) for side in pair] for pair in pairs)
        return statistics.fmean(a == b for a, b in sets)

    agreed = total = placed = located = 0
    for a, b in pairs:
        left, right = (Counter((x.kind, x.key) for x in side if not x.bare) for side in (a, b))
        agreed += (left & right).total()
        total += left.total() + right.total()
        found, known = (Counter(x[:3] for x in s if x.kind in LOCATED) for s in (a, b))
        placed += (found & known).total()
        located += sum(n for (kind, _), n in (left & right).items() if kind in LOCATED)
    has_lines = any(block.line is not None for blocks in ours for block in blocks)
    return Agreement(
        heading=sequences("heading"),
        code=sequences("code"),
        table=sequences("table"),
        links=links(bare=True),
        links_not_bare=links(bare=False),
        f1=2 * agreed / total if total else 1.0,
        lines=placed / located if has_lines and located else None,
    )


def make_installed() -> dict[str, Candidate]:
    """Return the candidates that are installed; say on standard error why others are not."""
    made = {}
    for name, make in CANDIDATES.items():
        try:
            made[name] = make()
        except (ImportError, AttributeError) as error:
            print(f"skipped {name}: {error}", file=sys.stderr)
    return made


def format_table(made: dict[str, Candidate], cards: Sequence[str], repeats: int) -> str:
    """Measure every candidate and return the results as a Markdown table."""
    reference = [made[REFERENCE].structure(card) for card in cards]
    speeds = {
        name: (
            cards_per_second(candidate.structure, cards, repeats),
            cards_per_second(candidate.html, cards, repeats),
        )
        for name, candidate in made.items()
    }
    slowest = min(structure for structure, _ in speeds.values())
    rows = [list(COLUMNS), ["---"] * len(COLUMNS)]
    for name in sorted(made, key=lambda name: -speeds[name][0]):
        structure, html = speeds[name]
        found = compare([made[name].structure(card) for card in cards], reference)
        shares = [found.heading, found.code, found.table, found.links, found.links_not_bare]
        rows.append(
            [
                name + (" (reference)" if name == REFERENCE else ""),
                importlib.metadata.version(name),
                f"{structure:,.0f}",
                f"{structure / slowest:.1f}",
                f"{html:,.0f}",
                f"{installed_megabytes(name):.1f}",
                made[name].positions,
                *(f"{100 * share:.1f} %" for share in shares),
                f"{found.f1:.4f}",
                "-" if found.lines is None else f"{100 * found.lines:.1f} %",
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison from the command line.

    Parameters
    ----------
    arguments
        The words after the program's name; those of the process by default.

    Returns
    -------
    int
        The exit code: 0, or 2 when the reference is not installed.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cards", type=Path, required=True, help="JSON lines with a `text`")
    parser.add_argument("--repeats", type=int, default=5, help="passes to take the median of")
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    made = make_installed()
    if REFERENCE not in made:
        print(f"the reference, {REFERENCE}, is needed", file=sys.stderr)
        return 2
    cards = read_cards(options.cards)
    python = sys.version.partition(" ")[0]
    print(f"{len(cards)} cards, median of {options.repeats} passes, one core, Python {python}\n")
    print(format_table(made, cards, options.repeats))
    return 0


if __name__ == "__main__":
    sys.exit(main())
