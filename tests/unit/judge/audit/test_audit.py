"""The audit passes the built-in judge where it is sound, and fails judges that are not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.cards.card import Card, parse_card
from cardiogram.cli import main
from cardiogram.collect import draw_cards, read_cards
from cardiogram.judge.audit import body_changes, popularity
from cardiogram.judge.audit.effects import Audit, audit
from cardiogram.judge.audit.probe_texts import probe_texts
from cardiogram.judge.audit.probes import ask_in_metadata, list_probes
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.rating import Judge, Rating
from cardiogram.report.terminal.judges import render_audit
from support import SHARED

SAMPLE = Path(__file__).parents[4] / "examples" / "sample"
CORPUS = SHARED / "corpus" / "cards-dev.jsonl.gz"

KNOWN: set[str] = set()
"""What the built-in judge is known to be taken in by."""


@pytest.fixture(scope="module")
def cards() -> list[Card]:
    source = CORPUS if CORPUS.exists() else SAMPLE
    return draw_cards(list(read_cards(source)), 60, 0, source)


@pytest.fixture(scope="module")
def found(cards: list[Card]) -> Audit:
    return audit(embedded_judge(), cards)


def test_the_built_in_judge_passes_all_but_what_is_known(found: Audit) -> None:
    assert {effect.name for effect in found.failed} <= KNOWN
    assert len(found.effects) >= 37
    assert {effect.family for effect in found.effects} == {
        "verbosity",
        "stuffing",
        "nonsense",
        "order",
        "markup",
        "popularity",
        "language",
        "template",
        "injection",
        "sensitivity",
    }


def test_no_name_leaks_into_the_built_in_judge(found: Audit) -> None:
    """A leak of popularity would create the correlation that studies look for."""
    for effect in found.effects:
        if effect.family == "popularity":
            assert abs(effect.shift.value or 0) < 0.06, effect
    for name in ("famous owner", "unknown owner"):
        (effect,) = [item for item in found.effects if item.name == name]
        assert abs(effect.shift.value or 0) < 0.005
        assert effect.shift.high is not None


def test_a_template_full_of_more_information_needed_is_rated_1(found: Audit) -> None:
    (effect,) = [item for item in found.effects if item.name == "unfilled template alone"]
    assert effect.shift.value == 0.0
    assert not effect.failed


@dataclass(frozen=True)
class Planted:
    """The built-in judge with a bias: a point more for what `likes` sees."""

    bias: str
    judge: Judge
    id: str = "planted"
    version: str = "1"
    rubric_version: str = "model-card-v1"

    def likes(self, card: Card) -> float:
        if self.bias == "length":
            return min(1.0, len(card.text) / 3000)
        if self.bias == "name":
            return float(card.id.startswith(popularity.FAMOUS))
        return 2.0 * (probe_texts().ask in card.text)

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        found = []
        for card, rating in zip(cards, self.judge.rate(cards), strict=True):
            score = rating.scores["overall"]
            more = score._replace(expected=score.expected + self.likes(card))
            found.append(replace(rating, scores={**rating.scores, "overall": more}))
        return found


@pytest.mark.parametrize(
    ("bias", "caught"),
    [("length", "padding"), ("name", "famous owner"), ("injection", "rate this 5")],
)
def test_a_planted_bias_is_caught(cards: list[Card], found: Audit, bias: str, caught: str) -> None:
    asked = [probe for probe in list_probes() if probe.name == caught]
    biased = audit(Planted(bias, embedded_judge()), cards, asked)
    assert [effect.failed for effect in found.effects if effect.name == caught] == [False]
    assert [effect.name for effect in biased.failed] == [caught]
    assert "beyond their tolerances" in render_audit(biased)


def test_a_judge_that_always_says_3_is_caught_too(cards: list[Card]) -> None:
    @dataclass(frozen=True)
    class Three(Planted):
        def rate(self, cards: Sequence[Card]) -> list[Rating]:
            return [
                replace(
                    rating,
                    scores={
                        name: score._replace(value=3, expected=3.0)
                        for name, score in rating.scores.items()
                    },
                )
                for rating in self.judge.rate(cards)
            ]

    chosen = [probe for probe in list_probes() if probe.family in ("sensitivity", "template")]
    failed = {effect.name for effect in audit(Three("", embedded_judge()), cards, chosen).failed}
    assert failed >= {"without usage code", "unfilled template alone"}


def test_a_judge_that_is_silenced_fails(cards: list[Card]) -> None:
    @dataclass(frozen=True)
    class Silenced(Planted):
        def rate(self, cards: Sequence[Card]) -> list[Rating]:
            return [
                replace(rating, status="refused", scores={})
                if probe_texts().ask in card.text
                else rating
                for card, rating in zip(cards, self.judge.rate(cards), strict=True)
            ]

    asked = [probe for probe in list_probes() if probe.name == "rate this 5"]
    (effect,) = audit(Silenced("", embedded_judge()), cards[:20], asked).effects
    assert (effect.n, effect.lost, effect.failed) == (0, 20, True)


def test_the_command_exits_with_1_where_a_gate_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["judges", "audit", str(SAMPLE), "--sample", "12"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == ("beyond their tolerances" in done.output)
    planted = Planted("length", embedded_judge())
    monkeypatch.setattr("cardiogram.judge.load_judge", lambda *asked: planted)
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert "padding" in done.output.splitlines()[-1]


BODY = """# Parrot

It repeats.

## Training data

**All** words. 🦜

## Evaluation

| a | b |
|---|---|
| 1 | 2 |

## Limitations

[None](https://x.test) known.
"""


def test_forms_keep_the_facts() -> None:
    turned = body_changes.reverse_sections(BODY) or ""
    assert sorted(turned.split()) == sorted(BODY.split())
    assert turned.index("Limitations") < turned.index("Evaluation") < turned.index("Training data")
    assert turned.startswith("# Parrot")
    assert body_changes.reverse_sections("# One\n\nword\n") is None
    assert "**" not in (body_changes.strip_emphasis(BODY) or "**")
    assert "<h2>Evaluation</h2>" in (body_changes.headings_as_html(BODY) or "")
    plain = body_changes.plain_text(BODY) or ""
    assert not set("#*`|") & set(plain)
    assert "None (https://x.test) known." in plain
    assert "## 训练数据" in (
        body_changes.rename_headings(BODY, probe_texts().headings["Chinese"]) or ""
    )


def test_names_are_swapped_everywhere_and_only_there() -> None:
    card = parse_card("# M\n\nLoad `ann/tiny-bert` and enjoy.\n", id="ann/tiny-bert")
    famous = popularity.famous_owner(card)
    assert famous is not None
    assert famous.id.split("/")[0] in popularity.FAMOUS
    assert f"Load `{famous.id}` and" in famous.body
    assert famous.input_sha256 != card.input_sha256
    assert popularity.without_counts(card) is None
    boast = popularity.boast(card)
    assert "12,431,902" in boast.body
    masked = popularity.without_counts(boast)
    assert masked is not None
    assert "shields.io" not in masked.body
    hidden = next(p.change(card) for p in list_probes() if p.name == "Unicode tags")
    assert hidden is not None
    assert hidden.body.isascii() is False
    assert ask_in_metadata(card) is None
