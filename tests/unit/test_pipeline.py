"""Everything in one call: what is done again, and what is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from cardiogram import pipeline
from cardiogram.analysis import analyze
from cardiogram.analysis.parts.work_parts import LISTED
from cardiogram.cards import Card, card as card_module, has_card, stored_cards
from cardiogram.cards.features import CardFeatures, Features, vector as vector_module
from cardiogram.cards.markdown import Document
from cardiogram.collect import Source
from cardiogram.errors import ConfigError
from cardiogram.judge import Evidence
from cardiogram.judge.expectations.gaps import Expect
from cardiogram.pipeline import study_run
from cardiogram.report.data import shown_models

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"


def test_a_missing_extra_shows_before_anything_is_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_module: str) -> None:
        raise ConfigError("statistics need scipy", hint="pip install 'cardiogram[study]'")

    monkeypatch.setattr(study_run, "find_spec", lambda _name: None)
    monkeypatch.setattr(study_run, "scipy", missing)
    with pytest.raises(ConfigError, match="scipy"):
        pipeline.study(tmp_path / "s", Source(SAMPLE))
    assert not (tmp_path / "s").exists()


def read(paths: Iterable[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def test_what_has_not_changed_is_not_done_again(tmp_path: Path) -> None:
    first = pipeline.study(tmp_path / "s", Source(SAMPLE))
    assert first.unchanged == ()
    paths = (first.study.results_path, first.study.report_path)
    made, stamps = read(paths), [path.stat().st_mtime_ns for path in paths]
    second = pipeline.study(tmp_path / "s")
    assert second.unchanged == ("map", "results.json", "report.html")
    assert stamps == [path.stat().st_mtime_ns for path in paths]
    assert second.results == first.results
    analyze(first.study, draws=500)  # other options: what is there is no longer this study's
    third = pipeline.study(tmp_path / "s")
    assert third.unchanged == ("map", "report.html")
    assert made == read(paths)
    fourth = pipeline.study(tmp_path / "s", seed=1)
    assert fourth.unchanged == ()
    assert fourth.results.seed == 1


def test_a_card_is_parsed_once_and_its_features_are_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    parse, count = card_module.parse_document, vector_module.count_features_of
    measure, copies = shown_models.measure_contributions, list[str]()
    compared: Counter[str] = Counter()
    again: dict[str, int] = {}

    def note_parse(body: str, above: int = 0) -> Document:
        parsed[body] += not copies
        return parse(body, above)

    def note_count(cards: Sequence[Card]) -> list[Features]:
        counted.update(card.body for card in cards if not copies)
        return count(cards)

    def note_copies(read: CardFeatures, expect: Expect) -> tuple[Evidence, ...]:
        compared[read.card.body] += 1
        copies.append(read.card.body)
        found = measure(read, expect)
        copies.clear()
        return found

    monkeypatch.setattr(card_module, "parse_document", note_parse)
    monkeypatch.setattr(vector_module, "count_features_of", note_count)

    def apart(module: ModuleType, name: str) -> None:
        """A few cards that a step reads once more, and how few they are."""
        work = getattr(module, name)

        def note_apart(*arguments: object) -> object:
            before = parsed.copy(), counted.copy()
            found = work(*arguments)
            again[name] = (parsed - before[0]).total()
            for counter, earlier in zip((parsed, counted), before, strict=True):
                counter.clear()
                counter.update(earlier)
            return found

        monkeypatch.setattr(module, name, note_apart)

    apart(import_module("cardiogram.analysis.analyze"), "read_lacks")
    apart(import_module("cardiogram.maps.map"), "find_examples")
    apart(import_module("cardiogram.report.data.payload"), "read_evidence")
    monkeypatch.setattr(shown_models, "measure_contributions", note_copies)
    study = pipeline.study(tmp_path / "s", Source(SAMPLE)).study
    monkeypatch.undo()
    with_card = [row for row in study.models.rows() if has_card(row)]
    cards = [card for _, card in stored_cards(study, with_card)]
    once = Counter(card.body for card in cards)
    assert once.total() == 48
    texts = Counter(body for _, body in {(card.input_sha256, card.body) for card in cards})
    # Those that the page compares are read again, to change copies of them.
    assert counted == once + compared
    assert parsed == texts + compared
    assert 0 < compared.total() <= 12
    assert 0 < again["read_lacks"] <= LISTED
    assert again["find_examples"] < 48
    assert again["read_evidence"] == len(with_card)  # of a large study, of the most downloaded


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("cardiogram.pipeline", {"numpy", "pyarrow", "httpx2"}),
        ("cardiogram.track('ledger')", {"cardiogram.collect.collect", "cardiogram.maps", "httpx2"}),
        (
            "cardiogram.take_snapshot, cardiogram.add_models, terminal.render_snapshot",
            {"cardiogram.collect.collect", "cardiogram.track.sources.backfill"},
        ),
    ],
)
def test_only_what_is_used_is_loaded(tmp_path: Path, code: str, heavy: set[str]) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "ledger.toml").write_text("format = 1\n[models]\n'a/b' = ''\n")
    code = (
        "import sys, cardiogram.pipeline; from cardiogram.report import terminal; "
        f"{code}; print(sorted({heavy} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, cwd=tmp_path, text=True) == "[]\n"
