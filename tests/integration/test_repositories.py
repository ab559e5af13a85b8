"""Repositories of the Hub against the stand-in: requests, redirects, faults, the disk, offline."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from stand_in import StandIn, running_stand_in

from cardiogram.errors import AccessDenied, CardNotFound, ConfigError, DataError, HubError
from cardiogram.hub import DiskCache, Failure, HubSession
from cardiogram.repository.access import (
    FolderRepository,
    HubRepository,
    Repository,
    open_folder,
    open_on_hub,
    open_repository,
)
from cardiogram.repository.formats import gguf_header, safetensors_header
from repository_rows import ROWS, expected, needs_rows, repositories

pytestmark = needs_rows
ROUTER = "dorvane/tarn-bert-helpdesk-router"
SHARDED = "dorvane/osprey-13b-mietrecht"
GATED = "kestrel-foundation/kestrel-3b-instruct"
LOGIN = "hf_test_token"
ENOUGH = "api=100000,resolvers=100000,pages=100000"


@pytest.fixture(scope="module")
def one_stand_in() -> Iterator[StandIn]:
    rows = ("--data", str(ROWS / "repositories.jsonl.gz"), "--rate-limit", ENOUGH)
    with running_stand_in(*rows) as hub:
        yield hub


@pytest.fixture
def hub(one_stand_in: StandIn) -> StandIn:
    one_stand_in.reset()
    return one_stand_in


@pytest.fixture
def cache(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "kept")


@pytest.fixture(autouse=True)
def own_client_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the client's own that holds nothing."""
    folder = tmp_path / "client"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    monkeypatch.setattr("huggingface_hub.file_download.HF_HUB_CACHE", str(folder), raising=False)
    return folder


@pytest.fixture
def session(hub: StandIn) -> HubSession:
    return HubSession(hub.url, tries=4)


def _read_all(repository: Repository) -> int:
    """Read what facts may read; the number of files."""
    count = 0
    for path, file in repository.files.items():
        if path.endswith(".safetensors"):
            safetensors_header(repository, path)
        elif path.endswith(".gguf"):
            gguf_header(repository, path, brief=True)
        elif path.endswith((".json", ".md", ".yaml", ".yml", ".txt")) and file.size < 1 << 20:
            repository.read(path)
        else:
            continue
        count += 1
    return count


@pytest.mark.parametrize("id", expected() if ROWS.is_dir() else [])
def test_each_of_the_fourteen_is_read_as_it_is_in_few_requests(
    id: str, session: HubSession, cache: DiskCache, hub: StandIn
) -> None:
    there, here = open_on_hub(session, id, cache=cache), repositories()[id]
    assert (there.id, there.of, there.commit) == (here.id, here.of, here.commit)
    assert there.files == here.files
    assert [c.title for c in there.history] == [c.title for c in here.history]
    if here.info.get("gated"):
        for path in there.files:
            with pytest.raises(AccessDenied, match="is gated"):
                there.read_part(path, 0, 100)
        assert len(hub.requests()) == 3  # one refusal is enough for all files
        return
    count = _read_all(there)
    large = [p for p in there.files if p.endswith((".safetensors", ".gguf"))]
    extra = 1 if any(path.endswith(".gguf") for path in large) else 0
    assert len(hub.requests()) <= 2 + extra + count + (1 if large else 0)
    for path in there.files:
        if there.files[path].size < 1 << 20 and not path.endswith((".model", ".bin")):
            assert there.read(path) == here.read(path)
        if path.endswith(".safetensors"):
            assert safetensors_header(there, path) == safetensors_header(here, path)
    before = len(hub.requests())
    again = open_on_hub(session, id, cache=cache)
    assert _read_all(again) == count
    assert [c.title for c in again.history] == [c.title for c in here.history]
    assert len(hub.requests()) == before + 1 + extra


def test_the_address_of_a_page_names_a_revision(session: HubSession) -> None:
    commit = repositories()[ROUTER].history[-1].id
    repository = open_repository(f"https://huggingface.co/{ROUTER}/tree/{commit}", session)
    assert isinstance(repository, HubRepository)
    assert repository.commit == commit
    with pytest.raises(CardNotFound):
        open_repository(f"https://huggingface.co/{ROUTER}/tree/no-such-branch", session)


def test_an_old_name_leads_to_the_present_one(session: HubSession, cache: DiskCache) -> None:
    repository = open_on_hub(session, "ospreylm/osprey-chat-7b", cache=cache)
    assert repository.id == "ospreylm/osprey-7b-chat"
    assert repository.read("config.json")
    assert safetensors_header(repository, "model-00001-of-00002.safetensors").numbers


def test_other_repositories_are_asked_for_once(
    session: HubSession, cache: DiskCache, hub: StandIn
) -> None:
    repository = open_on_hub(session, ROUTER, cache=cache)
    before = len(hub.requests())
    for _ in range(2):
        base = repository.other("tarnlab/tarn-bert-base")
        assert base is not None
        assert base.id == "tarnlab/tarn-bert-base"
        assert repository.other("tarnlab/helpdesk-tickets", "dataset") is not None
        assert repository.other("tarnlab/ticket-router-demo", "space") is not None
        assert repository.other("tarnlab/helpdesk-tickets") is None
        assert repository.other("../../api/whoami-v2") is None
        assert repository.other(ROUTER) is repository
    assert len(hub.requests()) == before + 4
    for number in range(27):
        assert repository.other(f"nobody/model-{number}") is None
    with pytest.raises(ConfigError, match="more than"):
        repository.other("nobody/model-27")


def test_quantised_copies_are_listed(session: HubSession, cache: DiskCache) -> None:
    repository = open_on_hub(session, "ospreylm/osprey-7b-chat", cache=cache)
    assert list(repository.children("quantized")) == ["helio-quants/osprey-7b-chat-GGUF"]
    assert list(repository.children("adapter")) == []


def test_no_login_and_no_signed_address_is_kept(
    hub: StandIn, cache: DiskCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", LOGIN)
    repository = open_on_hub(HubSession(hub.url), SHARDED, cache=cache)
    _read_all(repository)
    assert any(request["authorized"] for request in hub.requests())
    assert any(request["path"].startswith("/_cdn/") for request in hub.requests())
    kept = [path for path in cache.folder.rglob("*") if path.is_file()]
    assert len(kept) >= 10
    for path in kept:
        assert path.stat().st_mode & 0o077 == 0
        data = path.read_bytes()
        assert LOGIN.encode() not in data
        assert b"/_cdn/" not in data


FAULTS = {
    "busy": {"every": 3, "status": 503},
    "quota": {"every": 5, "status": 429, "retry_after": 0},
    "reset": {"every": 3, "reset": True},
    "cut short": {"every": 4, "truncate": 20},
    "no answer": {"every": 5, "truncate": 0},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_hub_cannot_answer_at_once_is_asked_again(
    fault: str, session: HubSession, cache: DiskCache, hub: StandIn
) -> None:
    hub.set_faults(FAULTS[fault])
    there, here = open_on_hub(session, SHARDED, cache=cache), repositories()[SHARDED]
    assert _read_all(there) > 10
    for path in here.files:
        if path.endswith(".safetensors"):
            assert safetensors_header(there, path) == safetensors_header(here, path)


def test_a_hub_without_a_cache_of_small_files_is_asked_by_their_own_addresses(
    session: HubSession, cache: DiskCache, hub: StandIn
) -> None:
    hub.set_faults({"match": "resolve-cache/.*[0-9a-f]/[a-z_]+.json$", "status": 404})
    there, here = open_on_hub(session, ROUTER, cache=cache), repositories()[ROUTER]
    for path in ("config.json", "tokenizer_config.json", "all_results.json"):
        assert there.read(path) == here.read(path)
    refused = [request for request in hub.requests() if request["status"] == 404]
    assert len(refused) == 1


def test_a_repository_that_vanishes_meanwhile_is_one_clear_error(
    session: HubSession, cache: DiskCache, hub: StandIn
) -> None:
    repository = open_on_hub(session, ROUTER, cache=cache)
    assert repository.read("config.json")
    hub.patch(ROUTER, private=True)
    for path in ("model.safetensors", "trainer_state.json"):
        with pytest.raises(CardNotFound, match="no repository"):
            repository.read_part(path, 0, 100)
    assert repository.read("config.json")
    with pytest.raises(CardNotFound, match=f"no repository '{ROUTER}'"):
        assert repository.history


def test_parts_and_limits(session: HubSession, cache: DiskCache, hub: StandIn) -> None:
    there, here = open_on_hub(session, ROUTER, cache=cache), repositories()[ROUTER]
    for start, count in ((0, 2), (500, 1), (0, 0), (1000, 1)):  # the place is found once
        before = len(hub.requests())
        assert len(there.read_part("model.safetensors", start, start + 100)) == 100
        assert len(hub.requests()) == before + count
    size = there.files["model.safetensors"].size
    assert there.read_part("model.safetensors", 0, 50) == here.read_part("model.safetensors", 0, 50)
    assert there.read_part("model.safetensors", size - 3, size + 100) == bytes(3)
    assert there.read_part("config.json", 5, 20) == here.read("config.json")[5:20]
    with pytest.raises(DataError, match="more than"):
        there.read("model.safetensors")
    with pytest.raises(DataError):
        there.read_part("model.safetensors", 0, 1 << 30)
    with pytest.raises(CardNotFound):
        there.read("../config.json")
    whole = b"".join(there.stream("trainer_state.json"))
    assert whole == here.read("trainer_state.json")
    large = "runs/Dec01_09-14-22_node3/events.out.tfevents.1733044462.node3.4121.0"
    assert b"".join(there.stream(large)) == here.read(large)


# The disk, and offline


def test_what_is_damaged_on_the_disk_is_read_anew(
    session: HubSession, cache: DiskCache, hub: StandIn
) -> None:
    before = open_on_hub(session, ROUTER, cache=cache)
    first = before.read("config.json"), safetensors_header(before, "model.safetensors")
    titles = [commit.title for commit in before.history]
    for path in list(cache.folder.rglob("*")):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-3] + b"{}}")
    again = open_on_hub(session, ROUTER, cache=cache)
    assert (again.read("config.json"), safetensors_header(again, "model.safetensors")) == first
    assert [commit.title for commit in again.history] == titles


def test_what_is_kept_for_another_file_is_not_taken(
    session: HubSession, cache: DiskCache, hub: StandIn
) -> None:
    repository = open_on_hub(session, ROUTER, cache=cache)
    cache.write(f"blob/{repository.files['config.json'].digest}", b'{"model_type": "evil"}')
    assert b"evil" not in repository.read("config.json")


def test_a_disk_that_cannot_be_written_changes_nothing(session: HubSession, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    repository = open_on_hub(session, ROUTER, cache=DiskCache(tmp_path / "file" / "below"))
    assert repository.read("config.json")


def test_old_entries_go_when_they_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cardiogram.hub.disk_cache.MOST_BYTES", 10_000)
    for number in range(20):
        DiskCache(tmp_path).write(f"entry {number}", bytes(1000))
    kept = [n for n in range(20) if DiskCache(tmp_path).read(f"entry {n}") is not None]
    assert kept[-1] == 19
    assert len(kept) <= 10


def test_offline_gives_what_was_read_before(
    session: HubSession, cache: DiskCache, hub: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = open_on_hub(session, ROUTER, cache=cache)
    data, header = before.read("config.json"), safetensors_header(before, "model.safetensors")
    count = len(hub.requests())
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    repository = open_on_hub(session, ROUTER, cache=cache)
    assert repository.commit == before.commit
    assert repository.read("config.json") == data
    assert safetensors_header(repository, "model.safetensors") == header
    with pytest.raises(HubError, match="offline"):
        repository.read("vocab.txt")
    with pytest.raises(HubError, match="offline"):
        repository.other("tarnlab/tarn-bert-base")
    with pytest.raises(HubError, match="was not read before"):
        open_on_hub(session, SHARDED, cache=cache)
    assert len(hub.requests()) == count


def test_offline_takes_the_clients_own_snapshot(
    session: HubSession, cache: DiskCache, own_client_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = repositories()[ROUTER]
    folder = own_client_cache / f"models--{ROUTER.replace('/', '--')}"
    snapshot = folder / "snapshots" / here.commit
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(here.commit, "utf-8")
    (folder / "blobs").mkdir()
    (folder / "blobs" / "abc").write_bytes(here.read("config.json"))
    (snapshot / "config.json").symlink_to("../../blobs/abc")
    (own_client_cache / "x").write_text(here.commit, "utf-8")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    repository = open_on_hub(session, ROUTER, cache=cache)
    assert isinstance(repository, FolderRepository)
    assert (repository.id, repository.commit) == (ROUTER, here.commit)
    assert repository.read("config.json") == here.read("config.json")
    with pytest.raises(HubError):
        open_on_hub(session, ROUTER, revision="../../x", cache=cache)
    with pytest.raises(HubError, match="was not read before"):  # a login may have read it
        open_on_hub(HubSession(session.endpoint, login="none"), ROUTER, cache=cache)


def test_what_a_login_has_read_is_not_for_those_without_one(
    session: HubSession, own_client_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        "cardiogram.repository.access.on_hub.DiskCache",
        lambda folder=None: DiskCache(tmp_path / (folder.name if folder else "own")),
    )
    before = open_on_hub(session, ROUTER)
    before.read("config.json")
    stranger = HubSession(session.endpoint, login="none")
    downloaded = own_client_cache / f"models--{ROUTER.replace('/', '--')}/snapshots"
    file = downloaded / before.commit / "vocab.txt"
    file.parent.mkdir(parents=True)
    file.write_bytes(before.read("vocab.txt"))
    repository = open_on_hub(stranger, ROUTER)
    monkeypatch.setattr(
        "cardiogram.repository.access.on_hub.ask_file",
        lambda *_, **__: Failure("gated", AccessDenied("it is gated")),
    )
    for path in ("config.json", "vocab.txt"):
        with pytest.raises(AccessDenied):
            repository.read(path)


def test_a_hub_that_nobody_reaches_is_tried_once(
    session: HubSession, tmp_path: Path, hub: StandIn
) -> None:
    alone = HubSession("http://127.0.0.1:9", tries=2)
    folder = open_folder(tmp_path, alone)
    with pytest.raises(HubError, match="cannot reach the Hub"):
        folder.other("a/b")
    start = time.monotonic()
    for number in range(20):
        with pytest.raises(HubError, match="cannot reach the Hub"):
            folder.other(f"a/c{number}")
    assert time.monotonic() - start < 5  # waiting for each would be longer
    with pytest.raises(HubError):  # who asks for this one by name waits again
        open_on_hub(alone, "a/b")
    assert open_folder(tmp_path, session).other("tarnlab/tarn-bert-base") is not None


# Servers that are no Hub


class _Odd(BaseHTTPRequestHandler):
    """A server that describes a repository, and then answers with whatever a test gives it."""

    server: Any

    def do_GET(self) -> None:
        info = self.path.startswith("/api/models/")
        status, kind, body = (
            (200, "application/json", json.dumps(self.server.info).encode())
            if info and self.server.info is not None
            else self.server.answer
        )
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def _odd(info: object, answer: tuple[int, str, bytes]) -> Iterator[HubSession]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as server:
        server.info, server.answer = info, answer  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield HubSession(f"http://127.0.0.1:{server.server_port}", tries=2, timeout=5)
        finally:
            server.shutdown()


PAGE = (200, "text/html; charset=utf-8", b"<html>Accept our terms</html>" + b" " * 2000)
TEXT = b'{"a": 1}'
GIT = "git:" + hashlib.sha1(b"blob %d\0" % len(TEXT) + TEXT).hexdigest()
INFO = {
    "id": "a/b",
    "sha": "0" * 40,
    "siblings": [
        {"rfilename": "config.json", "size": len(TEXT), "blobId": GIT[4:]},
        {"rfilename": "w.gguf", "size": 999, "lfs": {"sha256": "1" * 64, "size": 999}},
        {"rfilename": "../up.json", "size": 3, "blobId": "2" * 40},
        {"rfilename": "/etc/passwd", "size": 3, "blobId": "2" * 40},
        {"rfilename": "a//b", "size": 3},
        {"rfilename": "a\nb", "size": 3},
        {"rfilename": "negative", "size": -3},
        {"rfilename": "no size"},
        {"rfilename": 7, "size": 7},
        "config.json",
    ],
    "tags": ["\ud800"],
}


@pytest.mark.parametrize(
    "answer",
    [
        PAGE,
        (200, "application/json", b"[]"),
        (200, "application/json", b'{"id": "a/b"}'),
        (200, "application/json", b'{"id": "../x", "sha": "%s", "siblings": []}' % (b"0" * 40)),
        (200, "application/json", b'{"id": "a/b", "sha": "main", "siblings": []}'),
        (200, "application/json", b"[" * 100_000),
        (418, "text/plain", b"no"),
    ],
)
def test_an_odd_description_is_one_clear_error(
    answer: tuple[int, str, bytes], cache: DiskCache
) -> None:
    with _odd(None, answer) as session, pytest.raises(HubError) as caught:
        open_on_hub(session, "a/b", cache=cache)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "answer",
    [
        PAGE,
        (200, "text/plain", b'{"a": 2}'),
        (200, "text/plain", TEXT + b" " * 100),
        (204, "", b""),
    ],
)
def test_a_page_in_place_of_a_file_is_no_file(
    answer: tuple[int, str, bytes], cache: DiskCache
) -> None:
    with _odd(INFO, answer) as session:
        repository = open_on_hub(session, "a/b", cache=cache)
        assert list(repository.files) == ["config.json", "w.gguf"]
        assert repository.info["tags"] == ["?"]
        with pytest.raises(HubError):
            repository.read("config.json")
        with pytest.raises(HubError):
            repository.read_part("w.gguf", 0, 256)
        with pytest.raises(HubError):
            repository.read_part("w.gguf", 7, 256)


def test_a_server_that_gives_no_parts_gives_the_beginning(cache: DiskCache) -> None:
    body = bytes(range(256)) * 4
    with _odd(INFO, (200, "application/octet-stream", body[:999])) as session:
        repository = open_on_hub(session, "a/b", cache=cache)
        assert repository.read_part("w.gguf", 0, 256) == body[:256]
        with pytest.raises(HubError, match="no part"):
            repository.read_part("w.gguf", 256, 300)
