"""What a study will take is told from a sample of its source, before it starts."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from cardiogram.cards.card import parse_card
from cardiogram.cli import main
from cardiogram.collect import Source, draw_sample
from cardiogram.errors import DataError
from cardiogram.hub import Query
from cardiogram.judge import forecast_study, load_judge, seconds_after_rating
from cardiogram.judge.ensemble import Ensemble
from cardiogram.judge.forecast import costs_by_sample
from cardiogram.judge.llm import ModelOptions, load_model
from cardiogram.judge.llm.transport import Price
from cardiogram.store import Study
from support import needs_llm

TEXT = "# Parrot {}\n\nRepeats what it hears, {} times.\n"


def write_lines(place: Path, count: int) -> Path:
    with gzip.open(place, "wt", encoding="utf-8") as file:
        for n in range(count):
            file.write(json.dumps({"id": f"acme/{n}", "text": TEXT.format(n, n)}) + "\n")
    return place


def write_groups(place: Path, count: int) -> Path:
    rows = pa.table(
        {
            "id": [f"acme/{n}" for n in range(count)],
            "text": [TEXT.format(n, n) for n in range(count)],
        }
    )
    pq.write_table(rows, place, row_group_size=50)
    return place


@pytest.mark.parametrize("make", [write_lines, write_groups])
def test_a_sample_is_from_all_over_the_source(make: object, tmp_path: Path) -> None:
    name = "cards.parquet" if make is write_groups else "cards.jsonl.gz"
    path = make(tmp_path / name, 1_000)  # type: ignore[operator]
    folder = tmp_path / "sample"
    folder.mkdir()
    drawn = draw_sample(Study(tmp_path / "study"), Source(path), folder, 80)
    assert (drawn.size, drawn.models, drawn.calls, drawn.files) == (80, 1_000, 0, 0)
    assert drawn.source.path is not None
    if make is write_groups:
        ids = pq.read_table(drawn.source.path)["id"].to_pylist()
    else:
        ids = [json.loads(line)["id"] for line in drawn.source.path.read_text("utf-8").splitlines()]
    numbers = sorted(int(name.partition("/")[2]) for name in ids)
    assert len(set(numbers)) == 80
    assert numbers[0] < 150 < 850 < numbers[-1]


def test_bytes_and_seconds_grow_with_the_source(tmp_path: Path) -> None:
    judges = [load_judge("embedded")]
    path = write_lines(tmp_path / "cards.jsonl.gz", 900)
    study = Study(tmp_path / "study")
    whole = forecast_study(study, Source(path), judges, Ensemble())
    part = forecast_study(study, Source(path, Query(limit=300)), judges, Ensemble())
    assert (whole.models, whole.sample, whole.requests, whole.costs) == (900, 512, 0, ())
    assert part.models == 300
    assert whole.bytes == pytest.approx(3 * part.bytes, rel=0.05)
    assert whole.rating > 0 < whole.reading
    assert whole.waiting == 0
    assert whole.seconds == whole.reading + whole.rating + whole.later
    assert not study.root.exists()


def test_the_table_of_later_steps_is_read_between_its_sizes() -> None:
    sizes = (1, 50, 2_000, 10_000, 500_000, 1_000_000)
    seconds = [seconds_after_rating(size) for size in sizes]
    assert seconds == sorted(seconds)
    assert seconds[0] == seconds[1]


def test_all_of_a_source_is_begun_with_the_users_word_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "cards.jsonl.gz", 300)
    asked = ["study", "mine", "--from", "cards.jsonl.gz", "--limit", "all"]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 2
    first, *lines = result.stderr.splitlines()
    assert first == "300 models; measured on 300 of them"
    assert [line.split()[0] for line in lines[:4]] == ["time", "disk", "requests", "money"]
    assert lines[4:] == [
        "cardiogram: nobody is asked whether to study 300 models",
        "  Begin without being asked: --yes",
    ]
    assert not (tmp_path / "mine").exists()
    monkeypatch.setenv("CARDIOGRAM_STUDY_YES", "1")
    refused = CliRunner().invoke(main, asked)
    assert (refused.exit_code, "command line only" in refused.stderr) == (2, True)


@needs_llm
def test_money_is_that_of_the_cards_that_are_sent() -> None:
    strong = replace(load_model("vllm/m", ModelOptions()), price=Price(1.0, 8.0, 1.0))
    judges = [load_judge("embedded"), strong]
    cards = [parse_card(TEXT.format(n, n), id=f"acme/{n}") for n in range(8)]
    ((id, whole),) = costs_by_sample(judges, Ensemble(), cards, 100.0)
    ((_, none),) = costs_by_sample(judges, Ensemble(True, tolerance=5.0), cards, 100.0)
    ((_, every),) = costs_by_sample(judges, Ensemble(True, tolerance=0.0), cards, 100.0)
    assert (id, whole.cards, none.cards) == ("vllm/m", 800, 0)
    assert every.cards == 800
    assert every.cost_usd == pytest.approx(whole.cost_usd, rel=0.02)
    spent = (whole.input_tokens + 8 * whole.output_tokens) / 1e6
    assert whole.cost_usd == pytest.approx(spent, rel=1e-3)
    assert none.cost_usd == 0.0


@pytest.mark.parametrize("name", ["cards.jsonl", "ids.txt"])
def test_a_source_of_nothing_is_named_itself(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")
    with pytest.raises(DataError, match=re.escape(f"no card in {str(tmp_path / name)!r}")):
        draw_sample(Study(tmp_path / "study"), Source(tmp_path / name), tmp_path, 8)
