"""One HTML file from a payload: no request to any host, and nothing of a card ever runs."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from cardiogram.publish import SharedTexts
from cardiogram.report.data import Payload, build_payload, make_blocks
from cardiogram.report.markup import Child, Markup, el, join
from cardiogram.report.page import chapters, explore
from cardiogram.report.page.drawings import numbers, popularity, traits
from cardiogram.report.page.first_screen import first_screen
from cardiogram.report.page.pairs import compared
from cardiogram.report.page.trust import trust
from cardiogram.report.page.what_to_do import work_list
from cardiogram.store import Study, write_atomically


@dataclass(frozen=True, slots=True)
class ServedPage:
    """Where a page of the app has its parts: addresses of its own server.

    Attributes
    ----------
    links
        Names of the app's views by their addresses.
    blocks_at
        Address, relative to the page, below which its data blocks are.
    """

    script: str
    styles: tuple[str, ...]
    links: dict[str, str]
    blocks_at: str | None = None


Home: TypeAlias = 'Literal["file", "sheet"] | ServedPage'
"""Where a page lives: a file holds its data and asks for nothing; a served one may ask its server;
a sheet has no script either."""

NAVIGATION = {
    "#pair": "Two cards",
    "#work": "What to do",
    "#popularity": "Popularity",
    "#traits": "What popular models have",
    "#segments": "Segments",
    "#models": "All models",
    "#trust": "The judge",
    "#methods": "Methods",
}

_PULSE = "M1 13h7l3-8 5 15 4-10 2 3h9"
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 24'%3E%3Cpath "
    f"d='{_PULSE}' fill='none' stroke='%231f5f8b' stroke-width='2.5'/%3E%3C/svg%3E"
)


def write_report(
    study: Study,
    path: Path | None = None,
    *,
    texts: Literal["all"] | SharedTexts = "all",
    judge_at: str = "",
) -> Path:
    """Write a study's report.

    Parameters
    ----------
    study
        A study folder that `analyze` has run on.
    path
        Where to write; `report.html` of the study folder by default.
    texts
        Card texts that may be in it; of a page that is passed on, not all.
    judge_at
        Address of the judge's page, where it is beside the report.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    DataError
        There is no results.json yet, the folder cannot be read, or the file cannot be written.
    """
    target = study.report_path if path is None else path
    page = render_html(build_payload(study, texts=texts), judge_at=judge_at)
    write_atomically(target, page.encode("utf-8", "replace"))
    return target


def render_html(payload: Payload, served: ServedPage | None = None, *, judge_at: str = "") -> str:
    """Render the report's page.

    Parameters
    ----------
    payload
        Everything that the page shows; the same payload gives the same bytes.
    served
        How the app serves the page and its data; None puts everything into the page.
    judge_at
        Address of the judge's page that a file links to.

    Returns
    -------
    str
        A whole HTML document, as of :func:`render_page`.
    """
    sections = _sections(payload)
    links = {to: name for to, name in NAVIGATION.items() if sections[to] is not None}
    title = f"{payload.folder}: a study of model cards"
    main = join(sections.values())
    if served is not None:
        return render_page(title, links, main, home=served)
    links |= {judge_at: "Rate a card"} if judge_at else {}
    blocks = [_block(block.name, block.data) for block in make_blocks(payload)]
    return render_page(title, links, main, blocks, home="file")


def render_page(
    title: str,
    links: dict[str, str],
    main: Child,
    blocks: Child = None,
    *,
    home: Home,
) -> str:
    """Render any page of the viewer.

    Parameters
    ----------
    links
        Names of the page's sections, by their addresses.
    main
        What the page shows, placeholders of the script included (see `explore.island`).
    blocks
        Data blocks for the script; those that are not here it asks for where it is served.

    Returns
    -------
    str
        A whole HTML document. Its policy lets the two inline blocks of this file run, by their
        hashes, or the served ones, and nothing else: no request (but the app's own), no other
        script, no style attribute, no form.
    """
    is_served = isinstance(home, ServedPage)
    skip = "Skip to the content" if is_served else "Skip to the report"
    body = join(
        el("a", skip, href="#report", class_="skip"),
        _served_bar(home.links, links) if isinstance(home, ServedPage) else _bar(links, "Sections"),
        el("main", main, id="report", tabindex=-1),
        explore.island("viewer"),
        el("div", id="tip", hidden=True, aria_hidden="true"),
        blocks,
        None if is_served else el("script", read_static("report.js")),
    )
    return write_document(title, body, home=home)


def write_document(title: str, body: Child, *, home: Home) -> str:
    """Write a whole HTML document in the report's style, with a policy that fits its home."""
    parts: Child = el("style", read_static("report.css"))
    blocks_at = None
    if isinstance(home, ServedPage):
        blocks_at = home.blocks_at
        parts = [
            *(el("link", rel="stylesheet", href=style) for style in home.styles),
            el("script", type="module", src=home.script),
        ]
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=content_policy(home)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        None if home == "sheet" else el("link", rel="icon", href=_ICON),
        parts,
    )
    html = el("html", head, el("body", body), lang="en", data_blocks=blocks_at)
    return f"<!doctype html>\n{html}\n"


def _sections(payload: Payload) -> dict[str, Markup | None]:
    """The sections by their places on the page, in its order.

    Of few authors the work list comes first, and nothing is said of popularity but one sentence.
    """
    is_work_list = payload.results.is_work_list
    work = {"#work": work_list(payload)}
    return {
        "": first_screen(payload),
        **(work if is_work_list else {}),
        "#pair": compared(payload),
        **work,
        "#popularity": None if is_work_list else popularity(payload),
        "#traits": None if is_work_list else traits(payload),
        "#segments": explore.segment_section(payload),
        "#models": explore.model_section(payload),
        "#ratings": chapters.ratings(payload),
        "#trust": trust(payload),
        "#coverage": chapters.coverage(payload),
        "#methods": chapters.methods(payload, None if is_work_list else numbers(payload)),
    }


def _served_bar(views: dict[str, str], sections: dict[str, str]) -> Markup:
    links = [el("a", name, href=to) for to, name in sections.items()]
    return join(
        _bar(views, "Views"),
        el("nav", links, aria_label="Sections", class_="within") if links else None,
    )


def _bar(links: dict[str, str], label: str) -> Markup:
    pulse = el("svg", el("path", d=_PULSE), viewBox="0 0 32 24", aria_hidden="true")
    return el(
        "header",
        el("span", pulse, "cardiogram", class_="brand"),
        el("nav", [el("a", name, href=to) for to, name in links.items()], aria_label=label),
        el("button", "Dark", type="button", id="theme", aria_pressed="false", hidden=True),
        class_="bar",
    )


def _block(name: str, data: bytes) -> Markup:
    """Base64 has no character that could end the element."""
    text = Markup(base64.b64encode(data).decode())
    return el("script", text, type="application/octet-stream", id=f"block-{name}")


SERVED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page of the app may do."""


def content_policy(home: Home) -> str:
    """What the page may do, for its own head and for the app's answer."""
    if isinstance(home, ServedPage):
        return SERVED_POLICY
    script = f" script-src '{_hash(read_static('report.js'))}';" if home != "sheet" else ""
    images = " img-src data:;" if home != "sheet" else ""
    style = f" style-src '{_hash(read_static('report.css'))}';"
    return f"default-src 'none';{script}{style}{images} base-uri 'none'; form-action 'none'"


@cache
def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def read_static(name: str) -> Markup:
    """Read a file of ours, which stands in the page as it is."""
    path = Path(__file__).parents[1] / "static" / name
    return Markup(path.read_text("utf-8"))
