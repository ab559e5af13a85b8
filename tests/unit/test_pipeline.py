from collections.abc import Iterable
from pathlib import Path

import pytest

from cardiogram import pipeline
from cardiogram.analysis import analyze
from cardiogram.errors import ConfigError

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"


def test_a_missing_extra_shows_before_anything_is_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_module: str) -> None:
        raise ConfigError("statistics need scipy", hint="pip install 'cardiogram[study]'")

    monkeypatch.setattr(pipeline, "find_spec", lambda _name: None)
    monkeypatch.setattr(pipeline, "scipy", missing)
    with pytest.raises(ConfigError, match="scipy"):
        pipeline.run_study(tmp_path / "s", pipeline.Source(SAMPLE))
    assert not (tmp_path / "s").exists()


def read(paths: Iterable[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def test_what_has_not_changed_is_not_done_again(tmp_path: Path) -> None:
    first = pipeline.run_study(tmp_path / "s", pipeline.Source(SAMPLE))
    assert first.unchanged == ()
    paths = (first.study.results_path, first.study.report_path)
    made, stamps = read(paths), [path.stat().st_mtime_ns for path in paths]
    second = pipeline.run_study(tmp_path / "s")
    assert second.unchanged == ("map", "results.json", "report.html")
    assert stamps == [path.stat().st_mtime_ns for path in paths]
    assert second.results == first.results
    analyze(first.study, draws=500)  # other options: what is there is no longer this study's
    third = pipeline.run_study(tmp_path / "s")
    assert third.unchanged == ("map", "report.html")
    assert made == read(paths)
    fourth = pipeline.run_study(tmp_path / "s", seed=1)
    assert fourth.unchanged == ()
    assert fourth.results.seed == 1
