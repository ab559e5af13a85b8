from pathlib import Path

import pytest

from cardiogram import pipeline
from cardiogram.errors import ConfigError

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"


def test_a_missing_extra_shows_before_anything_is_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_module: str) -> None:
        raise ConfigError("statistics need scipy", hint="pip install 'cardiogram[study]'")

    monkeypatch.setattr(pipeline, "scipy", missing)
    with pytest.raises(ConfigError, match="scipy"):
        pipeline.run_study(tmp_path / "s", pipeline.Source(SAMPLE))
    assert not (tmp_path / "s").exists()
