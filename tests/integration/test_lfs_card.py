"""A README that Git LFS holds: the Hub reads no metadata of it, and nor does cardiogram."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cardiogram.cards import stored_cards
from cardiogram.check import check
from cardiogram.collect import Source, collect, read_card
from cardiogram.hub import HubSession, read_readme
from cardiogram.store import Study

TEXT = b"---\nlicense: mit\nlanguage: en\n---\n# Otter\n\nIt names rivers.\n"


class _Hub(BaseHTTPRequestHandler):
    """Two models with one text: river/otter has it in LFS, river/heron in Git."""

    def do_GET(self) -> None:
        if self.path.startswith("/api/models/"):
            row = {"id": self.path.split("?")[0].removeprefix("/api/models/"), "sha": "1" * 40}
            self._answer(200, json.dumps(row).encode(), {"Content-Type": "application/json"})
            return
        commit = {"X-Repo-Commit": "1" * 40, "X-Linked-Size": str(len(TEXT))}
        if "/otter/" in self.path:
            linked = {"X-Linked-Etag": f'"{"a" * 64}"', "Location": "/cdn/file"}
            self._answer(302, b"", {**commit, **linked})
        elif self.path.startswith("/cdn"):
            self._answer(200, TEXT, {})
        else:
            self._answer(200, TEXT, {**commit, "X-Linked-Etag": f'"{"b" * 40}"'})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def session() -> Iterator[HubSession]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hub) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield HubSession(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


def test_what_lfs_holds_is_told_by_the_hash_that_the_hub_names(session: HubSession) -> None:
    assert read_readme(session, "river/otter").in_lfs
    assert read_readme(session, "river/otter").data == TEXT
    assert not read_readme(session, "river/heron").in_lfs


def test_a_card_in_lfs_has_no_metadata_and_is_an_error(session: HubSession) -> None:
    for id, in_lfs in (("river/otter", True), ("river/heron", False)):
        card = read_card(id, session)
        assert ("in_lfs" in card.problems) == in_lfs
        assert dict(card.metadata.values) == (
            {} if in_lfs else {"license": "mit", "language": "en"}
        )
        findings = check(id, session=session).findings
        found = {finding.rule for finding in findings if finding.severity == "error"}
        assert ("CG214" in found) == in_lfs
        assert "CG101" not in found


def test_a_study_keeps_it_apart_from_the_same_text_in_git(
    session: HubSession, tmp_path: Path
) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("river/otter\nriver/heron\n", "utf-8")
    study = Study(tmp_path / "study")
    collect(study, Source(ids), session=session)
    rows = list(study.models.rows())
    cards = {row["id"]: card for row, card in stored_cards(study, rows)}
    assert {row["id"]: row["problems"] for row in rows} == {
        "river/otter": ["in_lfs"],
        "river/heron": [],
    }
    assert not cards["river/otter"].metadata.values
    assert cards["river/heron"].metadata.values["license"] == "mit"
    assert cards["river/otter"].input_sha256 != cards["river/heron"].input_sha256
