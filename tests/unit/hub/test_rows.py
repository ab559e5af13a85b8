"""Rows, ids, cursors and waiting times: everything of the Hub layer that needs no Hub."""

from __future__ import annotations

import base64
import datetime as dt
import json
import threading
import time
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from cardiogram.cards.problems import REPOSITORY_PROBLEMS
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import HubSession, Query, is_repo_id, list_pages, model_row
from cardiogram.hub.listing import EXPAND, _next_place, _read_cursor, _write_cursor
from cardiogram.hub.waiting import Gate, OutOfPatience, Patience, backoff, retry_after
from cardiogram.store import LISTING

UTC = dt.timezone.utc
FULL = {
    "id": "owner/name",
    "author": "Owner",
    "sha": "0123",
    "createdAt": "2024-01-10T08:00:00.123Z",
    "lastModified": "2024-02-20T09:30:00+02:00",
    "downloads": 10,
    "downloadsAllTime": 10**15,
    "likes": 0,
    "trendingScore": 0.5,
    "tags": ["license:mit", "base_model:a/b", "base_model:quantized:a/b", "base_model:adapter:c/d"],
    "pipeline_tag": "fill-mask",
    "library_name": "transformers",
    "gated": "auto",
    "safetensors": {"parameters": {"F32": 7}, "total": 7},
}


def test_a_whole_model_is_a_whole_row() -> None:
    assert model_row(FULL) == {
        "id": "owner/name",
        "author": "Owner",
        "sha": "0123",
        "created_at": dt.datetime(2024, 1, 10, 8, 0, 0, 123000, tzinfo=UTC),
        "last_modified": dt.datetime(2024, 2, 20, 7, 30, tzinfo=UTC),
        "downloads": 10,
        "downloads_all_time": 10**15,
        "likes": 0,
        "trending_score": 0.5,
        "tags": FULL["tags"],
        "pipeline_tag": "fill-mask",
        "library_name": "transformers",
        "license": "mit",
        "base_model": ["a/b", "c/d"],
        "gated": "auto",
        "parameters": 7,
        "stratum": None,
        "weight": None,
        "problems": [],
    }


@pytest.mark.parametrize("value", [-1, True, "7", 10**15 + 1, 1.5, float("nan"), [1], 10**400])
def test_a_count_that_cannot_be_true_is_left_out(value: object) -> None:
    row = model_row({"id": "a/b", "likes": value, "downloads": value, "safetensors": {"total": 3}})
    assert (row["likes"], row["downloads"], row["parameters"]) == (None, None, 3)
    assert row["problems"] == ["bad_count"]


@pytest.mark.parametrize("value", ["yesterday", 20240110, "0001-01-01T00:00:00Z", "9999-12-31", ""])
def test_a_date_that_cannot_be_true_is_left_out(value: object) -> None:
    row = model_row({"id": "a/b", "createdAt": value})
    assert row["created_at"] is None
    assert row["problems"] == ["bad_date"]


@pytest.mark.parametrize(
    ("given_", "kept"),
    [(False, "false"), ("auto", "auto"), ("manual", "manual"), (True, None), (None, None)],
)
def test_gated_has_three_words(given_: object, kept: str | None) -> None:
    assert model_row({"id": "a/b", "gated": given_})["gated"] == kept


def test_a_row_names_what_is_missing() -> None:
    assert model_row({})["problems"] == ["no_id"]
    assert model_row({"id": "a/b", "disabled": True})["problems"] == ["disabled"]
    assert model_row({"id": "gpt2"})["author"] is None
    assert model_row({"id": "a/b", "tags": "license:mit"})["tags"] is None


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\ud800", "license:", "base_model:", "base_model:x:", "a/b", "2024-01-01"])
    | st.datetimes().map(dt.datetime.isoformat)
)
_VALUES = _LEAVES | st.lists(_LEAVES, max_size=4) | st.dictionaries(st.just("total"), _LEAVES)


@given(st.dictionaries(st.sampled_from(["id", "safetensors", *EXPAND]), _VALUES))
def test_any_model_makes_a_row_that_can_be_stored(data: dict[str, Any]) -> None:
    row = model_row(data)
    assert list(row) == LISTING.names
    assert set(row["problems"]) <= set(REPOSITORY_PROBLEMS)
    assert pa.Table.from_pylist([row], schema=LISTING).num_rows == 1


@given(st.text() | st.from_regex(r"[a-z./]{1,8}/[a-z./]{1,8}", fullmatch=True))
def test_an_id_that_is_accepted_stays_in_its_place(text: str) -> None:
    if is_repo_id(text):
        assert ".." not in text
        assert text.isascii()
        assert not {*text} & {*"?#%\\@: \n"}
        assert text.count("/") <= 1
        assert "." not in text.split("/")


@pytest.mark.parametrize("good", ["gpt2", "a/b", "A-1_.x/B.c", "o/" + "n" * 96])
def test_good_ids(good: str) -> None:
    assert is_repo_id(good)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "/",
        "a/",
        "/b",
        "a/b/c",
        "../b",
        "a/..",
        ".",
        "a/.",
        "a/b..c",
        "a b/c",
        "a/b\n",
        "ä/b",
        "a/" + "n" * 97,
        "api/whoami-v2",
        "datasets/b",
        "a?x=1/b",
        "a%2fb",
        "http://h/b",
    ],
)
def test_bad_ids(bad: str) -> None:
    assert not is_repo_id(bad)


def _link(url: str) -> str:
    return f'<{url}>; rel="next"'


def test_a_cursor_comes_back_as_the_place_it_was() -> None:
    query = Query(author="a", since=dt.date(2024, 1, 1))
    place = _next_place(_link("https://h/api/models?limit=5&cursor=abc%3D&x=1"), 7)
    assert (place.cursor, place.kept) == ("abc=", 7)
    text = _write_cursor(place, query)
    assert _read_cursor(text, query) == place
    assert _read_cursor(text, Query(limit=9, author="a", since=dt.date(2024, 1, 1))) == place
    with pytest.raises(DataError, match="another query"):
        _read_cursor(text, Query(author="b"))


def _forged(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "http://elsewhere/api/models?cursor=x",
        "ä",
        _forged(None),
        _forged("abcd"),
        _forged(["/api/datasets", "", 0, "x"]),
        _forged(["http://h/api/models", "", 0, "x"]),
        _forged(["/api/models", "", -1, "x"]),
        _forged(["/api/models", "", True, "x"]),
        _forged(["/api/models", "", 0, ""]),
        _forged(["/api/models", "", 0, ["x"]]),
    ],
)
def test_a_damaged_cursor_is_refused_before_any_call(text: str) -> None:
    session = HubSession("http://127.0.0.1:1")  # nobody listens there
    with pytest.raises(DataError, match="cursor"):
        next(list_pages(session, Query(), text))


def test_a_link_gives_its_cursor_and_never_its_address() -> None:
    place = _next_place(_link("https://elsewhere/api/models?cursor=abc"), 0)
    assert place.cursor == "abc"
    assert _next_place("", 3).cursor is None
    assert _next_place('<https://h/api/models?cursor=a>; rel="prev"', 3).cursor is None


@pytest.mark.parametrize("options", [{"limit": 0}, {"sort": "stars"}, {"since": dt.datetime.now()}])
def test_a_wrong_query_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        Query(**options)


@pytest.mark.parametrize(
    "address", ["huggingface.co", "ftp://h", "http://", "http://h:port", "http://u:secret@h", "/x"]
)
def test_a_wrong_endpoint_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        HubSession(address)
    assert "secret" not in str(caught.value) + caught.value.hint


@given(st.integers(1, 10**6))
def test_backoff_doubles_up_to_ten_seconds(failures: int) -> None:
    longest = min(10.0, 0.25 * 2 ** min(failures - 1, 40))
    assert longest / 2 <= backoff(failures) <= longest


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": " 7 "}, 7.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
        (
            {
                "Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT",
                "Date": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT"}, 0.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_the_gate_holds_every_thread_until_the_longest_closing_is_over() -> None:
    gate, started, passed = Gate(), time.monotonic(), []

    def enter() -> None:
        gate.enter(Patience(10, threading.Event()))
        passed.append(time.monotonic() - started)

    gate.close_for(0.3)
    gate.close_for(0.1)
    threads = [threading.Thread(target=enter) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 5
    assert min(passed) >= 0.3


def test_patience_refuses_a_wait_that_is_too_long_at_once() -> None:
    patience, started = Patience(60, threading.Event()), time.monotonic()
    patience.spend(0.1)
    with pytest.raises(OutOfPatience):
        patience.spend(59.95)
    assert time.monotonic() - started < 30
