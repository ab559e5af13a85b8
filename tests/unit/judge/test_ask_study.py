"""What is read of a study to tell what asking a language model about its cards will take."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cardiogram.collect.collect import Source, collect
from cardiogram.judge import ask_study
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.ensemble.cascade import UnsureCards
from cardiogram.judge.llm.options import ModelOptions, load_model
from cardiogram.judge.rate import estimate_models, rate_study
from cardiogram.store import Study
from cardiogram.store.table import Row, Table
from support import needs_llm

SAMPLE = Path(__file__).parents[3] / "examples" / "sample"

pytestmark = needs_llm


def test_an_estimate_reads_the_texts_of_some_shards_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["cardiogram.collect.collect"], "_FILE_SHARD", 4)
    study = Study(tmp_path / "s")
    collect(study, Source(SAMPLE))
    rate_study(study, [embedded_judge()])
    judge = load_model("vllm/m", ModelOptions(base_urls=["http://127.0.0.1:9/v1"]))
    unsure = UnsureCards("embedded", 1.25)
    all_of_them = estimate_models(study, [judge])[judge.id]
    sent = estimate_models(study, [judge], unsure)[judge.id]
    assert all_of_them.cards == 48 > sent.cards > 20

    monkeypatch.setattr(ask_study, "_SAMPLED", 12)
    monkeypatch.setattr(ask_study, "_SHARDS", 4)
    opened, read_shard = set(), Table.read_shard

    def note(table: Table, name: str, columns: list[str] | None = None) -> list[Row]:
        if table.folder.name == "cards" and columns is None:
            opened.add(name)
        return read_shard(table, name, columns)

    monkeypatch.setattr(Table, "read_shard", note)
    for only, whole in ((None, all_of_them), (unsure, sent)):
        opened.clear()
        sampled = estimate_models(study, [judge], only)[judge.id]
        assert sampled.cards == pytest.approx(whole.cards, rel=0.25)
        assert sampled.input_tokens == pytest.approx(whole.input_tokens, rel=0.4)
        assert 3 <= len(opened) <= 6
