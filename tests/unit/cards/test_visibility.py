"""What of a card a visitor sees: styles, colours and elements, and every form both ways."""

from __future__ import annotations

import pytest

from cardiogram.cards.markdown import parse_document
from cardiogram.cards.visibility import is_plain_tag, show_source, view_page
from cardiogram.cards.visibility.elements import OpenElements
from cardiogram.cards.visibility.style import PAGE, look_inside
from cardiogram.cards.visibility.style.colours import BLACK, WHITE, Colour, contrast, parse_colour
from cardiogram.cards.visibility.style.declarations import parse_declarations, resolve_style
from cardiogram.cards.visibility.style.lengths import Scale, parse_length, parse_number
from cardiogram.cards.visibility.tokens import Tokenizer
from limits import grows_with_size
from sight import SEEN, TABLES_DRAWN, UNSEEN

TEXT = (
    "## Quokka title\n\nA quokka *paragraph* of `quokka` words.\n\n"
    "| quokka | b |\n|---|---|\n| 1 | quokka |\n\n- quokka item"
)


def seen(body: str) -> int:
    """How often the animal is seen, of six times."""
    document = parse_document(body)
    return "\n".join(block.text for block in document.blocks).lower().count("quokka")


@pytest.mark.parametrize("name", UNSEEN)
def test_what_is_hidden_is_not_seen(name: str) -> None:
    body = f"# T\n\nIntro.\n\n{UNSEEN[name].replace('{}', TEXT)}\n"
    assert seen(body) == (2 if name in TABLES_DRAWN else 0), "two of them stand in a table"
    document = parse_document(body)
    assert [block.text for block in document.blocks][:2] == ["T", "Intro."]
    assert "quokka" in document.hidden


@pytest.mark.parametrize("form", SEEN.values(), ids=SEEN)
def test_what_is_shown_is_seen(form: str) -> None:
    assert seen(f"# T\n\nIntro.\n\n{form.replace('{}', TEXT)}\n") == 6


def test_links_and_pictures_that_are_hidden_are_none() -> None:
    hidden = "<div hidden>\n\n![a](b.png) [c](d) <img src=e> <a href=f>g</a>\n\n</div>\n"
    assert parse_document(hidden).links == ()
    white = hidden.replace("hidden", 'style="color:white"')
    assert [link.target for link in parse_document(white).links] == ["b.png", "e", "f"]


def test_lines_stay_where_they_are() -> None:
    body = "é <i hidden>ü</i> a\n\n<div hidden>\n\nx\n\n</div>\n\n> b <b hidden>ö\n> o</b> c\n\nd\n"
    assert [(b.text, b.line) for b in parse_document(body).blocks] == [
        ("é  a", 1),
        ("b  c", 9),
        ("d", 12),
    ]


def test_a_table_shows_no_tags_titles_and_labels() -> None:
    table = (
        "| a | b |\n|---|---|\n| 1<br>2 <b title=x>c</b> | ![alt](d) [e](f) [g][h] &amp; |\n"
        "\n[h]: i\n"
    )
    assert parse_document(table).blocks[0].text.splitlines()[-1] == "| 1 2 c |  [e] [g] & |"


@pytest.mark.parametrize(
    ("style", "values"),
    [
        ("", {}),
        ("color:red;color:blue", {"color": "blue"}),
        ("color:red!important;color:blue", {"color": "red"}),
        ("color : RED ;;x", {"color": "red"}),
        ("color:red;color:inherit", {"color": "inherit"}),
        ("opacity:a(;);opacity:1", {"opacity": "1"}),
        ("opacity:(;opacity:1", {}),
        ("--a:1;opacity:var(--a)", {"opacity": "1"}),
        ("--a:x;opacity:1;opacity:var(--a)", {"opacity": "unset"}),
        ("inset:1px 2px", {"top": "1px", "right": "2px", "bottom": "1px", "left": "2px"}),
        ("background:url(a) red", {"background-color": "red", "background-image": "url(a)"}),
        ("font:italic 2px/3 serif", {"font-size": "2px"}),
    ],
)
def test_declarations_that_win(style: str, values: dict[str, str]) -> None:
    found = resolve_style(style, {}).values
    assert {name: found[name] for name in values} == values
    assert values or not found


def test_comments_and_escapes() -> None:
    assert parse_declarations(r"a:/**/b\63 d/*;*/") == (("a", "bcd", False),)
    assert resolve_style(r"display:/*x*/n\6f\6e e", {}).values == {"display": "none"}
    assert resolve_style(r"display\3anone", {}).values == {}
    assert resolve_style("display:no/**/ne", {}).values == {}


@pytest.mark.parametrize(
    ("value", "pixels"),
    [
        ("0", 0),
        ("-3px", -3),
        ("2em", 40),
        ("50%", 100),
        ("calc(1em + 10%)", 40),
        ("calc(2 * (3px - 1px))", 4),
        ("min(3px, 2px)", 2),
        ("clamp(1px, 9px, 5px)", 5),
        ("1in", 96),
        ("7", None),
        ("auto", None),
        ("1px 2px", None),
        ("calc(1px / 0)", None),
        ("calc(" * 200 + "1px" + ")" * 200, None),
    ],
)
def test_lengths(value: str, pixels: float | None) -> None:
    assert parse_length(value, Scale(20, 200)) == pixels


def test_numbers() -> None:
    assert [parse_number(x) for x in ("1", "50%", ".5", "1px", "x")] == [1, 0.5, 0.5, None, None]


@pytest.mark.parametrize(
    "value",
    [
        "white",
        "#FFF".lower(),
        "#ffffffff",
        "rgb(255, 255, 255)",
        "rgb(100% 100% 100% / 1)",
        "hsl(120deg 10% 100%)",
        "hwb(0 100% 0%)",
        "color(srgb 1 1 1)",
        "color-mix(in oklab, white 30%, #fff)",
        "light-dark(white, black)",
        "rgb(from white r g b)",
        "lab(100 0 0)",
        "oklch(1 0 0)",
    ],
)
def test_ways_to_say_white(value: str) -> None:
    colour = parse_colour(value, BLACK)
    assert colour is not None
    assert colour == pytest.approx(WHITE, abs=1e-3)


def test_contrast_of_wcag() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(Colour(1, 0, 0), WHITE) == pytest.approx(3.998, abs=1e-3)
    assert Colour(0, 0, 0, 0.5).over(WHITE) == (0.5, 0.5, 0.5, 1)
    assert parse_colour("#12345", BLACK) is None


@pytest.mark.parametrize(
    ("html", "tokens"),
    [
        ("a<b c='>' d>e", ["text:a", "open:b", "text:e"]),
        ("<!-->a<!--b--!>c", ["comment:", "text:a", "comment:", "text:c"]),
        ("a < b </ c>d</>", ["text:a ", "text:<", "text: b ", "comment:", "text:d", "comment:"]),
        ("<script><b></script >x", ["open:script", "text:<b>", "close:script", "text:x"]),
        ("a<b title='c>d", ["text:a", "comment:"]),
    ],
)
def test_tokens(html: str, tokens: list[str]) -> None:
    found = [
        f"{t.kind}:{t.name or (html[t.start : t.end] if t.kind == 'text' else '')}"
        for t in Tokenizer(html)
    ]
    assert found == tokens


def opened(html: str) -> list[str]:
    elements = OpenElements()
    for token in Tokenizer(html):
        if token.kind == "open":
            elements.open(token.name, token.attributes, token.closed)
        elif token.kind == "close":
            elements.close(token.name)
    return [element.name for element in elements.stack[1:]]


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ("<p><b><p>", "p"),
        ("<p><span><div>", "div"),
        ("<ul><li><p><li>", "ul li"),
        ("<table><tr><td><p></td>", "table tr"),
        ("<table><td><table><tr>", "table td table tr"),
        ("<table><tr><table>", "table"),
        ("<b><div></b>", "div"),
        ("<div><span></div>", ""),
        ("<span><div></span>", "span div"),
        ("<svg><g><p>", "p"),
        ("<svg><desc><p>", "svg desc p"),
        ("<a href=x><i><a href=y>", "a"),
        ("<h1><h2></h1>", ""),
        ("<td><tr>", ""),
    ],
)
def test_open_elements(html: str, names: str) -> None:
    assert opened(html) == names.split()


@pytest.mark.parametrize("form", UNSEEN.values(), ids=UNSEEN)
def test_a_tag_that_hides_is_looked_at(form: str) -> None:
    """The quick look may take a plain tag for one that hides, and never the reverse."""
    body = form.replace("{}", "x")
    for token in Tokenizer(body):
        if token.kind == "open" and not is_plain_tag(
            token.name, body[token.start + len(token.name) + 1 : token.end - 1]
        ):
            return
    assert view_page(body).undrawn
    assert "x" in parse_document(body).hidden


SIZE = 100_000
HOSTILE = {
    "divs": "<div>" * (SIZE // 5),
    "hidden divs": '<div style="opacity:.9">\n' * (SIZE // 25),
    "fonts": "<font color=white>x\n\n" * (SIZE // 20),
    "fonts that differ": "".join(f"<font color={n}>x\n\n" for n in range(SIZE // 24)),
    "bold": "<b style='color:red'><div>" * (SIZE // 26) + "</b>" * (SIZE // 26),
    "tables": "<table style='color:white'><tr><td>" * (SIZE // 36),
    "ends": "<p hidden>" + "</b></i></p></td>" * (SIZE // 17),
    "open tags": "<a hidden b='" * (SIZE // 13),
    "comments": "<p hidden>\n\n" + "<div><!-- x\n\n" * (SIZE // 13),
    "style": f'<p style="{"a:b;" * (SIZE // 4)}">x',
    "brackets": f'<p style="color:{"(" * SIZE}">x',
    "calc": f'<p style="left:calc({"1px + " * (SIZE // 6)}1px)">x',
    "properties": f'<p style="{"".join(f"--a{n}:var(--a{n + 1});" for n in range(SIZE // 24))}">x',
    "drawings": "<svg><desc>" * (SIZE // 11),
    "notes": "".join(f"[^{n}]: x\n\n" for n in range(SIZE // 12)),
    "spans": "<span hidden>a</span> b\n\n" * (SIZE // 24),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_size(body: str) -> None:
    assert grows_with_size(parse_document, body)


@pytest.mark.parametrize("word", ["Image", "Link", "Paragraph", "CodeBlock", "Start", "End"])
def test_a_word_that_the_parser_uses_itself_is_a_word(word: str) -> None:
    shown = show_source(f'![{word}](a.png "no") and [{word}](b "no"), `{word}`\n\n{word}')
    assert shown == f"![](a.png) and [{word}](b), `{word}`\n\n{word}"


PROPERTIES = (
    *("width", "height", "margin", "margin-left", "padding", "border", "text-align", "color"),
    *("line-height", "display", "position", "left", "overflow", "opacity", "font-size"),
    *("visibility", "text-indent", "transform", "clip-path", "filter", "zoom"),
)
VALUES = (
    *("0", "1px", "-1px", ".5em", "9em", "100%", "auto", "center", "bold", "block", "flex"),
    *("none", "hidden", "white", "absolute", "-999px", "999px", "scale(0)", "inset(100%)"),
)


@pytest.mark.parametrize("around", ["{}", "margin: 0 auto; {};", "{};width:90%"])
def test_a_style_that_is_plain_hides_nothing(around: str) -> None:
    styles = [around.format(f"{name}:{value}") for name in PROPERTIES for value in VALUES]
    plain = [style for style in styles if is_plain_tag("div", f' style="{style}"')]
    assert 40 < len(plain) < len(styles)
    assert [s for s in plain if not look_inside(PAGE, "div", {"style": s}).draws()] == []
