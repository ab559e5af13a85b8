"""What the app shows at which address."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from cardiogram.app.rating import rate_pasted
from cardiogram.errors import CardiogramError
from cardiogram.judge.embedded import EmbeddedJudge
from cardiogram.report.data import build_payload, make_blocks
from cardiogram.report.markup import Child, el, join
from cardiogram.report.page import island, render_html, render_page
from cardiogram.store import Study
from cardiogram.text import sha256

_HTML = "text/html; charset=utf-8"
_JSON = "application/json"
_AT_ONCE = 4  # cards rated at once: one that takes long does not hold up the others


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back to the browser."""

    status: HTTPStatus
    kind: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServedStudy:
    """A study's page, and its data blocks by their addresses.

    Attributes
    ----------
    state
        Of the folder that they were made from. Addresses hold its hash: a page that was opened
        before the study changed is told so, and never given blocks of another state.
    """

    state: tuple[tuple[str, int], ...]
    page: bytes
    blocks: Mapping[str, bytes]


class Pages:
    """All pages of the app.

    Parameters
    ----------
    study
        The study to show; None shows the page that rates a card and nothing else.
    judge
        Who rates pasted cards.

    Raises
    ------
    DataError
        The study has no results yet, or cannot be read.
    """

    def __init__(self, study: Study | None, judge: EmbeddedJudge) -> None:
        self._study = study
        self._judge = judge
        self._making = threading.Lock()
        self._rating = threading.BoundedSemaphore(_AT_ONCE)
        self._served = None if study is None else _serve_study(study)
        links = {} if study is None else {"./": "The study"}
        self._rate = render_page("Rate a model card", links, _rate_section(), home="app").encode()

    def get(self, address: str) -> Response:
        """Answer a GET request for an address without its query."""
        if address == "/rate":
            return Response(HTTPStatus.OK, _HTML, self._rate)
        if address == "/":
            return self._study_page()
        if self._served is not None and address in self._served.blocks:
            return Response(HTTPStatus.OK, "application/gzip", self._served.blocks[address])
        return refuse(HTTPStatus.NOT_FOUND, "There is no such page.")

    def rate(self, body: bytes) -> Response:
        """Rate a pasted card."""
        try:
            with self._rating:
                rating = rate_pasted(body, self._judge)
        except CardiogramError as error:
            return refuse(HTTPStatus.BAD_REQUEST, f"{error.message}. {error.hint}")
        text = json.dumps(rating, ensure_ascii=False, allow_nan=False)
        return Response(HTTPStatus.OK, _JSON, text.encode("utf-8", "replace"))

    def _study_page(self) -> Response:
        if self._study is None:
            return Response(HTTPStatus.FOUND, _HTML, b"", {"Location": "/rate"})
        try:
            with self._making:
                if self._served is None or self._served.state != _state(self._study.root):
                    self._served = _serve_study(self._study)
        except CardiogramError as error:
            words = join(
                el("h1", "The study cannot be shown"),
                el("p", error.message),
                el("p", error.hint, class_="quiet"),
            )
            page = render_page(
                "The study cannot be shown", {"rate": "Rate a card"}, words, home="app"
            )
            return Response(HTTPStatus.SERVICE_UNAVAILABLE, _HTML, page.encode("utf-8", "replace"))
        return Response(HTTPStatus.OK, _HTML, self._served.page)


def refuse(status: HTTPStatus, words: str) -> Response:
    """Say what went wrong, as JSON."""
    return Response(status, _JSON, json.dumps({"error": words}).encode())


def _serve_study(study: Study) -> ServedStudy:
    state = _state(study.root)
    payload = build_payload(study)
    place = f"data/{sha256(repr(state))[:16]}/"
    blocks = {f"/{place}{block.name}": block.data for block in make_blocks(payload)}
    return ServedStudy(state, render_html(payload, place).encode("utf-8", "replace"), blocks)


def _state(root: Path) -> tuple[tuple[str, int], ...]:
    """Names and times of what a page is made from: another state asks for another page."""
    files = [root / "study.toml", root / "results.json", *root.glob("map/*.json")]
    for name in ("models", "ratings", "map"):
        files += root.glob(f"{name}/*.parquet")
    return tuple((str(path), path.stat().st_mtime_ns) for path in sorted(files) if path.exists())


def _rate_section() -> Child:
    return el(
        "section",
        el("p", "Rate a card", class_="kicker"),
        el("h1", "How well does this card document its model?"),
        el(
            "p",
            "The built-in judge reads it on this machine; the text is sent nowhere else and is "
            "not kept.",
            class_="lede",
        ),
        island("rate", el("noscript", el("p", "This page needs JavaScript."))),
        class_="title",
    )
