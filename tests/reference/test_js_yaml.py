"""Metadata as the Hub's parser reads them: js-yaml 4, of which the Hub shows the error texts."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id
from yaml_blocks import ANSWERS, all_blocks, ask_js_yaml, can_ask

from cardiogram.cards.front_matter import parse_metadata
from cardiogram.cards.lint.rules_metadata import _ID
from cardiogram.hub import is_repo_id

KEPT = json.loads(ANSWERS.read_text("utf-8"))
_COLLECTIONS = ("list", "dict")  # the key where a list or a map is one


def same(theirs: object, ours: object) -> bool:
    """Whether two values are one; of dates and unusual numbers we keep the author's text."""
    if isinstance(theirs, dict):
        return isinstance(ours, Mapping) and same_maps(theirs, ours)
    if isinstance(theirs, list):
        return isinstance(ours, list) and len(theirs) == len(ours) and all(map(same, theirs, ours))
    if isinstance(theirs, str) and isinstance(ours, str):
        blank = theirs.replace("\u2028", " ").strip("\x85")
        return ours in (theirs, blank) or (theirs.endswith("Z") and theirs[:10] == ours[:10])
    if isinstance(theirs, int | float) and isinstance(ours, str):
        return theirs == (int(ours, 0) if ours[:2] in ("0x", "0o", "0b") else float(ours))
    return theirs == ours and isinstance(theirs, bool) == isinstance(ours, bool)


def same_maps(theirs: dict[str, object], ours: Mapping[str, object]) -> bool:
    """Whether two maps have the same values at the same keys."""
    named = {key: key if key in ours else "" for key in theirs}
    unknown = [key for key, name in named.items() if not name]
    named |= zip(unknown, (key for key in _COLLECTIONS if key in ours), strict=False)
    return len(theirs) == len(ours) and all(
        named[key] in ours and same(value, ours[named[key]]) for key, value in theirs.items()
    )


@pytest.mark.parametrize("answer", KEPT, ids=[repr(answer["block"])[:40] for answer in KEPT])
def test_a_block_is_read_or_refused_as_the_hub_does(answer: dict[str, object]) -> None:
    read = parse_metadata(str(answer["block"]))
    taken = "value" in answer and isinstance(answer["value"], dict | None)
    assert taken == (not read.problems), (answer, read)
    assert not taken or same(answer["value"] or {}, read.values), (answer, read.values)


def test_the_blocks_are_many_of_both_kinds() -> None:
    assert [answer["block"] for answer in KEPT] == all_blocks()
    assert len(KEPT) > 200
    assert sum("error" in answer for answer in KEPT) > 50


@pytest.mark.skipif(not can_ask(), reason="Node or js-yaml is not here")
def test_js_yaml_still_says_so() -> None:
    assert ask_js_yaml(all_blocks()) == KEPT


def hub_takes(id: str) -> bool:
    try:
        validate_repo_id(id)
    except HFValidationError:
        return False
    return True


PARTS = (
    *("a", "A.b", "a-b", "a_b", "_a", "a_", "-a", "a-", ".a", "a.", "a--b", "a..b", "a.-b", "a b"),
    *("", "é", "a" * 95, "a" * 96, "a" * 97, "a.git", "git", "a\n", "a:b", "a@b", "1", "a+b", "~"),
)


IDS = (*PARTS, *(f"{a}/{b}" for a in PARTS for b in PARTS), "a/b/c", "/")


def test_an_id_is_taken_or_refused_as_by_the_hubs_client() -> None:
    ascii_ids = [id for id in IDS if id.isascii()]
    assert [id for id in ascii_ids if bool(_ID.fullmatch(id)) != hub_takes(id)] == []


def test_the_card_of_every_id_that_the_client_takes_can_be_asked_for() -> None:
    assert [id for id in IDS if id.isascii() and hub_takes(id) and not is_repo_id(id)] == []
