import csv
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from cardiogram.study.associations import spearman
from support import SHARED, needs_shared


@needs_shared
@pytest.mark.parametrize("outcome", ["downloads", "likes"])
def test_rho_p_and_bonett_wright_equal_the_reference(outcome: str) -> None:
    expected = json.loads((SHARED / "stats/fixture_reference.json").read_text())[outcome]
    with (SHARED / "stats/fixture_synth.csv").open() as file:
        rows = list(csv.DictReader(file))
    found = spearman(
        [float(row["score"]) for row in rows],
        [float(row[outcome]) for row in rows],
        [row["author"] for row in rows],
        draws=200,
    )
    assert (found.estimate, found.p_value) == pytest.approx(expected["spearman"], rel=1e-6)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx(
        expected["bonett_wright"], rel=1e-6
    )
    assert found.cluster_interval is not None
    assert found.cluster_interval.low < found.estimate < found.cluster_interval.high
