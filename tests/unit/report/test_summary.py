from typing import Any

import pytest

from cardiogram.analysis import StudyCoverage
from cardiogram.report.data import StudyOrigin
from cardiogram.report.page import summary


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"sample": {"method": "top"}, "query": {}}, "all of them"),
        ({"sample": {"method": "top"}, "query": {"limit": 9}}, "the first ones"),
        ({"sample": {"method": "stratified", "seed": 3, "frame": 50}, "query": {}}, "seed 3"),
    ],
)
def test_the_choice_is_said(manifest: dict[str, Any], said: str) -> None:
    assert said in ", ".join(summary._choice(StudyOrigin.of(manifest), StudyCoverage()))


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "folder"])
def test_a_source_on_the_disk_is_named(kind: str) -> None:
    assert "here/cards" in summary._source(
        StudyOrigin.of({"source": {"kind": kind, "path": "here/cards"}})
    )


def test_a_manifest_of_wrong_types_names_nothing() -> None:
    manifest = {"source": ["hub"], "sample": {"frame": "many"}, "query": 3, "created_at": None}
    origin = StudyOrigin.of(manifest)
    assert (origin.hub, origin.frame, origin.query, origin.created_at) == (None, None, {}, "")
    assert summary._source(origin) == "from a source that the study does not name"
