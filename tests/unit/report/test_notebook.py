"""Results in a notebook: every text is text, nothing runs, and tables have a row for each."""

from __future__ import annotations

import base64
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import cardiogram
from cardiogram.errors import ConfigError
from cardiogram.hub import HubSession
from cardiogram.pipeline import StudyRun, Tracked
from cardiogram.track import view_ledger
from hostile import NAMES, PAYLOADS
from made_findings import add_findings
from made_tracks import BACK, make_ledger
from studies import HOSTILE_ROWS, make_study

TAGS = set(
    [
        "div",
        "style",
        "p",
        "strong",
        "span",
        "b",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "q",
        "details",
        "summary",
    ]
)
TAGS |= {"pre", "ins", "del", "img"}
ATTRIBUTES = frozenset({"class", "style", "title", "scope", "src", "alt"})


class Fragment(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.open = "", list[str]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open += [tag] * (tag != "img")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(result: Any) -> Fragment:
    """The fragment of a result, which holds nothing but what ours may hold."""
    fragment = Fragment(result._repr_html_())
    assert not fragment.open
    for tag, attributes in fragment.elements:
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES
        assert re.fullmatch(r"left:\d+%(;width:\d+%)?", attributes.get("style") or "left:0%")
        image = attributes.get("src") or "data:image/svg+xml;base64,"
        assert image.startswith("data:image/svg+xml;base64,")
        assert "<script" not in base64.b64decode(image.partition(",")[2]).decode()
    assert not set("\u202e\u2066\u2028\u200f") & set(fragment.text)
    assert "mathjax_ignore" in str(fragment.elements[0][1]["class"])  # $...$ of a card stays text
    return fragment


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose card is against us, and whose configuration its card contradicts."""
    folder = tmp_path_factory.mktemp("hostile")
    labels = {str(number): name for number, name in enumerate(NAMES)}
    kind = {"architectures": ["BertForSequenceClassification"], "model_type": "bert"}
    config = {**kind, "id2label": labels, "max_position_embeddings": 512}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    words = "\n\n".join(f"Contexts of 1,024 tokens, {payload} it says." for payload in PAYLOADS)
    (folder / "README.md").write_text(
        f"---\nlicense: x\n---\n# {PAYLOADS[0]}\n\n{words}\n", "utf-8"
    )
    return folder


def test_a_checked_card_is_text_and_numbers(folder: Path) -> None:
    checked = cardiogram.check(folder)
    said = read(checked)
    assert f"{checked.rating.scores['overall'].expected:.1f} of 5" in said.text
    assert checked.findings[0].rule in said.text
    frame = checked.to_pandas()
    assert list(frame["criterion"]) == list(checked.rating.scores)
    assert frame["expected"].between(1, 5).all()


def test_a_verified_card_quotes_and_runs_nothing(folder: Path) -> None:
    verified = cardiogram.verify(folder)
    (sentence,) = verified.verification.of("contradicted")
    hostile = [replace(sentence, sentence=payload, why=payload) for payload in PAYLOADS]
    (said,) = verified.verification.unproven
    alone = tuple(replace(said, quote=payload) for payload in PAYLOADS)
    changed = replace(verified.verification, sentences=tuple(hostile), unproven=alone)
    odd = replace(verified, verification=changed)
    text = read(odd).text
    assert text.count(PAYLOADS[0]) == 3  # as text: a sentence, why, and what no file proves
    assert text.count("Contradicted") == 12
    assert "and 28 sentences more: .verification.sentences" in text
    assert "and 34 statements more: .verification.unproven" in text
    assert sentence.why in read(verified).text
    assert set(verified.to_pandas()["source"]) == {"config.json /max_position_embeddings"}


def test_logins_of_a_card_are_not_shown(tmp_path: Path) -> None:
    token = "hf_" + "a1B2c3D4" * 4
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 512}', "utf-8")
    words = f"With {token} it reads contexts of 1,024 tokens.\n"
    (tmp_path / "README.md").write_text(f"# A model\n\n{words}", "utf-8")
    for result in (cardiogram.verify(tmp_path), cardiogram.improve(tmp_path, id="a/b")):
        assert "1024 tokens" in read(result).text
        assert token not in result._repr_html_()
        assert token not in result.to_pandas().to_csv()


def test_a_draft_shows_its_diff_as_text(folder: Path) -> None:
    draft = cardiogram.improve(folder, id="a/b")
    said = read(draft)
    assert "pipeline_tag: text-classification" in said.text
    kinds = [tag for tag, _ in said.elements]
    assert "ins" in kinds
    assert "del" in kinds
    assert len(draft.to_pandas()) == len(draft.changes)
    assert len(draft._repr_html_()) < 60_000


def test_a_study_and_a_ledger_of_hostile_names(tmp_path: Path) -> None:
    study = make_study(tmp_path / "s", HOSTILE_ROWS)
    run = StudyRun(study, add_findings(study), (), PAYLOADS[0], unread=2)
    assert f"No map: {PAYLOADS[0]}." in read(run).text
    frame = run.to_pandas()
    assert list(frame["id"]) == [row.id for row in HOSTILE_ROWS]
    assert frame["overall"].notna().sum() == 6
    view = view_ledger(make_ledger(tmp_path / "t"))
    odd = replace(view, cards=tuple(replace(view.cards[0], id=name) for name in PAYLOADS))
    tracked = Tracked(tmp_path / "t", odd, BACK, problems=PAYLOADS)
    said = read(tracked)
    assert PAYLOADS[0] in said.text
    assert len(tracked.to_pandas()) == len(PAYLOADS)
    unknown = Tracked(tmp_path / "t", view, None, "there is no change yet")
    assert "there is no change yet" in read(unknown).text


def test_a_ledger_is_read_as_it_is(tmp_path: Path) -> None:
    tracked = cardiogram.track(make_ledger(tmp_path))
    assert (tracked.view.models, tracked.view.donors) == (2, 1)
    assert tracked.back is not None
    assert not tracked.unknown


def test_without_pandas_there_is_a_way_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match="pandas") as caught:
        cardiogram.check(folder).to_pandas()
    assert "pip install" in caught.value.hint


def test_one_target_is_one_card(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text("# A model\n\nWords.\n", "utf-8")
    with pytest.raises(ConfigError, match="more than one card"):
        cardiogram.verify(tmp_path)
    with pytest.raises(ConfigError, match="no file"):
        cardiogram.verify("no such file", session=HubSession("http://127.0.0.1:9"))
