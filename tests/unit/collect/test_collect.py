"""Collecting from files; collecting from the Hub is tested against the stand-in."""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from cardiogram.cards import read_problems
from cardiogram.collect.collect import Source, collect
from cardiogram.collect.sample import Sample
from cardiogram.errors import DataError
from cardiogram.hub import Query
from cardiogram.judge import count_cards
from cardiogram.store import Study
from cardiogram.text import sha256

module = sys.modules[collect.__module__]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path / "study")


def write(path: Path, texts: dict[str, str | None], **more: Any) -> Source:
    path.write_text("\n".join(json.dumps({"id": k, "text": v, **more}) for k, v in texts.items()))
    return Source(path)


def models(study: Study) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in study.models.rows()}


def cards(study: Study) -> dict[str, dict[str, Any]]:
    rows = list(study.cards.rows())
    found = {row["card_sha256"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_a_file_becomes_models_and_cards(study: Study, tmp_path: Path) -> None:
    texts = {
        "a/one": "---\nlicense: mit\n---\n# One\n",
        "a/two": "# Two",
        "b/none": None,
        "b/same": "# Two",
        "b/empty": "",
    }
    seen: list[tuple[str, int, int | None]] = []
    source = write(tmp_path / "c.jsonl", texts)
    count = collect(study, source, on_progress=lambda *told: seen.append(told))
    assert count == 5
    assert seen[-1] == ("read", 5, 5)  # a step ends where all is done
    found = models(study)
    assert list(found) == list(texts)
    assert found["b/none"]["problems"] == ["no_readme"]
    assert found["b/none"]["card_sha256"] is None
    assert found["a/two"]["card_sha256"] == found["b/same"]["card_sha256"] == sha256("# Two")
    assert {(row["stratum"], row["weight"]) for row in found.values()} == {("all", 1.0)}
    kept = cards(study)
    assert len(kept) == 3
    card = kept[sha256(texts["a/one"] or "")]
    assert (card["front_matter"], card["body"], card["body_line"]) == (
        "license: mit\n",
        "# One\n",
        3,
    )
    assert card["bytes"] == len(texts["a/one"] or "")
    assert kept[sha256("")]["problems"] == []  # what parsing shows is told where it is read
    count_cards(study)
    assert read_problems(study)[sha256("")] == ["empty"]


def test_the_manifest_says_what_was_asked_and_the_source_is_read_from_it(
    study: Study, tmp_path: Path
) -> None:
    source = write(tmp_path / "c.jsonl", {"a/b": "# T"})
    collect(study, source)
    manifest = study.manifest()
    assert manifest["source"] == {"kind": "jsonl", "path": str(source.path)}
    assert manifest["sample"] == {"method": "top"}
    assert {"cardiogram", "python", "pyarrow"} <= set(manifest["versions"])
    assert Source.of(manifest) == source
    hub = Source(None, Query(limit=5, since=dt.date(2024, 1, 31)), Sample("stratified", 2, 9))
    assert Source.of(hub.manifest("https://hub.test")) == hub


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"format": 1},
        {"source": "hub"},
        {"source": {"kind": "hub"}, "query": {"limit": 0}},
        {"source": {"kind": "hub"}, "query": {"since": "soon"}},
        {"source": {"kind": "hub"}, "query": {"colour": "red"}},
        {"source": {"kind": "hub"}, "sample": {"method": "top", "colour": "red"}},
        {"source": {"kind": "hub", "path": 3}},
    ],
)
def test_a_manifest_that_does_not_say_what_was_asked(manifest: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"was asked") as caught:
        Source.of(manifest)
    assert caught.value.hint


def test_nothing_is_written_twice(study: Study, tmp_path: Path) -> None:
    source = write(tmp_path / "c.jsonl", {f"a/{n}": f"# {n}" for n in range(5)}, likes=3)
    collect(study, source)
    before = {path: path.stat().st_mtime_ns for path in study.root.rglob("*.parquet")}
    assert collect(study, source) == 5
    assert {path: path.stat().st_mtime_ns for path in study.root.rglob("*.parquet")} == before


def test_what_changed_in_the_file_changes_in_the_study(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FILE_SHARD", 2)
    path = tmp_path / "c.jsonl"
    texts: dict[str, str | None] = {f"a/{n}": f"# {n // 4}" for n in range(8)}
    collect(study, write(path, texts))
    assert len(study.models.shards()) == 4
    last = study.models.shards()[-1]
    before = last.stat().st_mtime_ns
    changed = {**texts, "a/1": "# changed"}
    collect(study, write(path, changed))
    assert models(study)["a/1"]["card_sha256"] == sha256("# changed")
    assert last.stat().st_mtime_ns == before
    collect(study, write(path, dict(list(changed.items())[2:5])))
    assert list(models(study)) == ["a/2", "a/3", "a/4"]
    wanted = {row["card_sha256"] for row in models(study).values()}
    assert wanted <= set(cards(study))


def test_a_killed_run_goes_on_with_the_shard_that_is_missing(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FILE_SHARD", 2)
    source = write(tmp_path / "c.jsonl", {f"a/{n}": f"# {n % 3}" for n in range(9)})
    collect(study, source)
    whole, texts = models(study), cards(study)
    for path in study.models.shards()[1:3]:
        path.unlink()  # the cards of these shards were written, their models not yet
    assert collect(study, source) == 9
    again = models(study)
    assert {k: v["card_sha256"] for k, v in again.items()} == {
        k: v["card_sha256"] for k, v in whole.items()
    }
    assert cards(study) == texts


def test_limit_and_stratified_sample(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    lines = [json.dumps({"id": f"a/{n}", "text": "# T", "downloads": n}) for n in range(100)]
    path.write_text("\n".join(lines))
    assert collect(study, Source(path, Query(limit=7))) == 7
    assert list(models(study)) == [f"a/{n}" for n in range(7)]
    other = Study(tmp_path / "other")
    sample = Sample("stratified", seed=1)
    assert collect(other, Source(path, Query(limit=20), sample)) == 20
    found = models(other).values()
    assert len({row["stratum"] for row in found}) == 10
    assert sum(row["weight"] for row in found) == pytest.approx(100)


def test_another_question_is_refused_and_changes_nothing(study: Study, tmp_path: Path) -> None:
    source = write(tmp_path / "c.jsonl", {"a/b": "# T"})
    collect(study, source)
    before = study.manifest()
    for other in (write(tmp_path / "d.jsonl", {"a/b": "# T"}), Source(source.path, Query(limit=1))):
        with pytest.raises(DataError, match="holds another study"):
            collect(study, other)
    assert study.manifest() == before


def test_a_source_without_cards_is_refused_and_another_may_take_its_place(
    study: Study, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="no card in") as caught:
        collect(study, write(tmp_path / "c.jsonl", {}))
    assert caught.value.hint
    assert collect(study, write(tmp_path / "d.jsonl", {"a/b": "# T"})) == 1
