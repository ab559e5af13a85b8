"""An owner's cards as a list of work: its order, what is missing, and what has changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardiogram.cards import parse_card
from cardiogram.errors import AccessDenied, CardiogramError, CardNotFound, DataError
from cardiogram.improve import OwnerWork, keep_work, kept_work, list_work, owner_work, read_work

POOR = "# {0}\n\nA model.\n"
BETTER = """# {0}

The model {0} sorts the letters of a town hall by what they ask for.

## Limitations

It was trained on letters of one town, in English, and fails on letters of two pages or more.
"""


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "README.md").write_text(f"---\nlicense: mit\n---\n{text.format(name)}")
    return folder


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return write(tmp_path / "models", heron=POOR, otter=BETTER, tern=POOR)


def read(folder: Path, before: OwnerWork | None = None) -> OwnerWork:
    return read_work("./models", folder=folder, before=before)


def test_cards_that_nobody_counts_are_ordered_by_what_mending_gains(cards: Path) -> None:
    work = read(cards)
    assert (work.models, work.readers, work.since, work.problems) == (3, "cards", None, ())
    gains = [card.gain for card in work.cards]
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] > 0
    assert Path(work.cards[-1].path).parent.name == "otter"
    assert {name for card in work.cards for name in card.scores} >= {"usage", "limitations"}


def test_what_is_missing_is_what_the_cards_are_said_to_lack(cards: Path) -> None:
    work = read(cards)
    counts = {number.key: (number.missed, number.n) for number in work.missing}
    assert counts["limits"] == (2, 3)
    for key, (missed, _) in counts.items():
        assert sum(key in card.gaps for card in work.cards) == missed
    said = {lack for card in work.cards for lack in card.lacks}
    assert {lack for lack in said if not lack.startswith("more ")} <= {
        number.lacks for number in work.missing
    }


def test_what_has_changed_is_said_until_it_changes_again(cards: Path, tmp_path: Path) -> None:
    first = read(cards)
    keep_work(tmp_path / "work", first)
    write(cards, tern=BETTER, wren=POOR)
    second = read(cards, kept_work(tmp_path / "work", "./models"))
    assert second.since is not None
    assert [Path(id).name for id in second.since.changed] == ["tern"]
    assert [Path(id).name for id in second.since.new] == ["wren"]
    tern = next(card for card in second.cards if card.id.endswith("tern"))
    assert tern.before is not None
    assert tern.rating is not None
    assert second.since.before == tern.before < tern.rating == second.since.after
    assert [card.before for card in second.cards if not card.id.endswith("tern")] == [None] * 3
    keep_work(tmp_path / "work", second)
    third = read(cards, kept_work(tmp_path / "work", "./models"))
    assert third == second


def rows(**downloads: int | None) -> dict[str, dict[str, object]]:
    ids = {f"org/{name}": count for name, count in downloads.items()}
    return {id: {"id": id, "downloads": count, "likes": 1} for id, count in ids.items()}


def test_readers_weigh_and_a_model_without_a_card_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = rows(seen=900, quiet=None, bare=40, gated=5000)
    told: dict[str, CardiogramError] = {
        "org/bare": CardNotFound("org/bare: no README.md"),
        "org/gated": AccessDenied("org/gated: gated"),
    }
    monkeypatch.setattr(owner_work, "list_owner", lambda owner, session: listed)
    monkeypatch.setattr(
        owner_work,
        "read_listed",
        lambda some, session, on_progress: [
            (row, told.get(id) or parse_card(POOR.format(id), id=id)) for id, row in some.items()
        ],
    )
    work = read_work("org")
    assert [card.id for card in work.cards] == ["org/seen", "org/bare", "org/quiet"]
    bare = work.cards[1]
    assert (bare.rating, bare.lacks, bare.scores) == (None, ("no card",), {})
    assert bare.gain > work.cards[0].gain > 0
    assert work.problems == ("org/gated: gated",)
    assert (work.models, work.missing[0].n) == (4, 2)
    monkeypatch.setattr(owner_work, "MOST_CARDS", 1)
    assert (read_work("org").models, len(read_work("org").cards)) == (4, 1)


def test_an_owner_without_models_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner_work, "list_owner", lambda owner, session: {})
    with pytest.raises(CardNotFound, match="nobody: no owner"):
        read_work("nobody")


def test_a_list_stays_in_its_folder_and_damage_is_named(
    cards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, kept = read(cards), tmp_path / "work"
    keep_work(kept, work)
    for name in ("../../out", "a/b", "", ".."):
        assert kept_work(kept, name) is None
    assert [path.parent for path in tmp_path.rglob("*.json")] == [kept]
    assert list_work(kept) == [work]
    (kept / "org.json").write_text('{"target": 1}')
    with pytest.raises(DataError, match="holds no list of work"):
        kept_work(kept, "org")
    (kept / "org.json").write_text("[" * 100_000)
    with pytest.raises(DataError, match="holds no list of work"):
        kept_work(kept, "org")
    assert list_work(kept) == [work]
    assert list_work(tmp_path / "none") == []
    monkeypatch.setattr(owner_work, "_KEPT_BYTES", 100)  # whatever lies there is read no further
    assert list_work(kept) == []
