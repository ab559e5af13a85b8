"""The pages of the studies: the report's own, which ask for their data here."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cardiogram.app.shell import bar_links, served_page
from cardiogram.report.data import AskedBlocks, build_payload
from cardiogram.report.page import render_html
from cardiogram.store import Study
from cardiogram.text import sha256


@dataclass(frozen=True, slots=True)
class ServedStudy:
    """A study's page, and its data blocks.

    Attributes
    ----------
    state
        Of the folder that they are made from.
    place
        What addresses of blocks begin with, below the study's. It holds a hash of the state: a page
        that was opened before the study changed is told so, and never given blocks of another
        state.
    """

    state: tuple[tuple[str, int], ...]
    page: bytes
    place: str
    blocks: AskedBlocks

    def find(self, address: str) -> bytes | None:
        """A block by its address below the study's; None where there is none."""
        if not address.startswith(self.place):
            return None
        return self.blocks.find(address.removeprefix(self.place))


class StudyPages:
    """Pages of studies, each made again where its folder changed.

    Parameters
    ----------
    is_public
        Strangers see them: as a published page, they have only the card texts whose licence
        allows it.
    """

    def __init__(self, is_public: bool = False) -> None:
        self._is_public = is_public
        self._making = threading.Lock()
        self._served: dict[Path, ServedStudy] = {}

    def of(self, study: Study) -> ServedStudy:
        """A study's page as its folder is now.

        Raises
        ------
        DataError
            The study has no results yet, or cannot be read.
        """
        with self._making:
            served = self._served.get(study.root)
            if served is None or served.state != state_of(study.root):
                served = self._served[study.root] = _serve_study(study, self._is_public)
        return served


def _serve_study(study: Study, is_public: bool) -> ServedStudy:
    state = state_of(study.root)
    shared: Literal["licensed", "all"] = "licensed" if is_public else "all"
    payload = build_payload(study, texts=shared, carried="compared")
    place = f"data/{sha256(repr(state))[:16]}/"
    page = render_html(payload, served_page(bar_links(is_public), place))
    data = page.encode("utf-8", "replace")
    return ServedStudy(state, data, place, AskedBlocks(study, payload))


def state_of(root: Path) -> tuple[tuple[str, int], ...]:
    """Names and times of what a page is made from: another state asks for another page."""
    files = [root / "study.toml", root / "results.json", *root.glob("map/*.json")]
    for name in ("models", "ratings", "map"):
        files += root.glob(f"{name}/*.parquet")
    return tuple((str(path), path.stat().st_mtime_ns) for path in sorted(files) if path.exists())
