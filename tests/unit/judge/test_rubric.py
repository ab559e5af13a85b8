import pytest

from cardiogram.errors import ConfigError
from cardiogram.judge.rubric import load_rubric
from cardiogram.names import CRITERIA
from support import SHARED, needs_shared


def test_the_rubric_asks_for_the_numbers_of_a_rating() -> None:
    rubric = load_rubric()
    assert rubric.version == "model-card-v1"
    assert tuple(criterion.key for criterion in rubric.criteria) == CRITERIA
    assert all(criterion.question and criterion.counts for criterion in rubric.criteria)
    assert len(rubric.levels) == len(rubric.overall) == 5
    assert all(level.count(":") and not level.endswith(": ") for level in rubric.levels)


@needs_shared
def test_the_rubric_is_the_one_that_the_labels_were_made_by() -> None:
    shared = (SHARED / "rubric" / "model-card-v1.md").read_text("utf-8")
    for criterion in load_rubric().criteria:
        assert criterion.question in shared
    assert load_rubric().text == shared


@pytest.mark.parametrize("version", ["model-card-v9", "", "../judge/judge", "model-card-v1.md"])
def test_a_rubric_that_is_not_shipped(version: str) -> None:
    with pytest.raises(ConfigError, match="no rubric") as caught:
        load_rubric(version)
    assert "model-card-v1" in caught.value.hint
