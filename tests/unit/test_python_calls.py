"""The five functions as one calls them in a notebook: wrong arguments, and how results print."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cardiogram
from cardiogram.errors import ConfigError, HubError
from cardiogram.hub import HubSession
from made_tracks import make_ledger

TEXT = "---\nlicense: mit\n---\n# Heron\n\nIt sorts the letters of a town hall.\n"
NOWHERE = HubSession("http://127.0.0.1:9", patience=0)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two cards, to work in."""
    for name in "ab":
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "README.md").write_text(TEXT, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("function", [cardiogram.check, cardiogram.verify, cardiogram.improve])
@pytest.mark.parametrize(
    ("target", "kind", "said"),
    [
        (
            ["a", "b"],
            TypeError,
            "one card at a time, by its path, its id or its address",
        ),
        (None, TypeError, "one card at a time"),
        (b"# A card", TypeError, "not a bytes"),
        (cardiogram.parse_card(TEXT), TypeError, "not a Card"),
        (TEXT, ConfigError, "'---' begins a text, and names no card"),
    ],
)
def test_what_names_no_card_is_told_in_a_line(
    function: Callable[..., object], target: object, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        function(target)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (lambda: cardiogram.check("cards/a", of="space"), ConfigError, "no cards of a 'space'"),
        (lambda: cardiogram.check("cards/a", judge="mine"), TypeError, "embedded_judge"),
        (lambda: cardiogram.improve("cards/a", audience="boss"), ConfigError, "no audience 'boss'"),
        (lambda: cardiogram.study("s", ["a/b", "c/d"]), TypeError, r"a \.txt of ids"),
        (lambda: cardiogram.study("s", "cards", judges=[]), ConfigError, "needs a judge"),
        (lambda: cardiogram.study("s", "cards", judges=[3]), TypeError, "load_judge gives: 3"),
        (lambda: cardiogram.study("s", "cards", workers=2), TypeError, r"Workers\(count=2\)"),
        (lambda: cardiogram.study("cards/a/README.md", "cards"), ConfigError, "is a file"),
    ],
)
def test_a_wrong_argument_is_told_before_anything_is_done(
    call: Callable[[], Any], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        call()
    assert not Path("s").exists()


def test_a_card_may_be_given_as_a_text() -> None:
    as_text = cardiogram.check("README.md", data=TEXT)
    assert as_text == cardiogram.check("README.md", data=TEXT.encode())
    assert as_text.rating == cardiogram.check("cards/a").rating
    assert cardiogram.verify("cards/a", data=TEXT) == cardiogram.verify(
        "cards/a", data=TEXT.encode()
    )


def test_one_judge_and_a_source_may_be_named_by_a_text() -> None:
    run = cardiogram.study("s", cardiogram.Source("cards"), judges="embedded")
    assert len(run.to_pandas()) == 2


def test_models_that_cannot_be_watched_are_named_with_the_reason() -> None:
    with pytest.raises(HubError, match=r"^a/b is not watched: the Hub did not answer"):
        cardiogram.track("ledger", "a/b", session=NOWHERE)
    assert not Path("ledger", "ledger.toml").exists()


def test_a_result_is_a_line_and_prints_as_the_command_line_does(here: Path) -> None:
    ledger = make_ledger(here / "l")
    said: list[tuple[Any, str, str]] = [
        (cardiogram.check("cards/a"), "<Checked 'cards/a': 1.", "identity"),
        (cardiogram.verify("cards/a"), "<VerifiedCard 'cards/a': no sentences>", "cards/a"),
        (cardiogram.improve("cards/a"), "<Draft 'cards/a': 1.", "Only you know"),
        (cardiogram.study("s", "cards"), "<StudyRun 's': 2 cards rated>", "2 cards"),
        (cardiogram.track(ledger), f"<Tracked {str(ledger)!r}: 2 models watched>", "downloads"),
    ]
    for result, line, words in said:
        assert repr(result).startswith(line)
        assert len(repr(result)) < 120
        assert words in str(result)
        assert pickle.loads(pickle.dumps(result)) == result == copy.deepcopy(result)
