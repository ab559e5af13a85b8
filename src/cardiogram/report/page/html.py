"""One HTML file from a payload: no request to any host, and nothing of a card ever runs."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Literal

from cardiogram.publish import SharedTexts
from cardiogram.report.data import Payload, build_payload, make_blocks
from cardiogram.report.document import PULSE, Home, ServedPage, read_static, write_document
from cardiogram.report.markup import Child, Markup, el, join
from cardiogram.report.page import chapters, explore
from cardiogram.report.page.drawings import numbers, popularity, traits
from cardiogram.report.page.first_screen import first_screen
from cardiogram.report.page.pairs import compared
from cardiogram.report.page.trust import trust
from cardiogram.report.page.what_to_do import work_list
from cardiogram.store import Study, write_atomically

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
    pulse = el("svg", el("path", d=PULSE), viewBox="0 0 32 24", aria_hidden="true")
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
