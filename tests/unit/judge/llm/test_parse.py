import json
import math
from typing import Any

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.judge.llm.parse import QuoteFinder, parse_decisions, parse_reply, token_levels
from cardiogram.judge.llm.transport.messages import Finish, Reply, Token
from cardiogram.names import SCORES

CARD = parse_card(
    "---\nlicense: mit\n---\n# Parrot\n\nRepeats **what** it [hears](http://a.b/c_(d)).\n\n"
    "| task | score |\n|---|---|\n| echo | 0.9 |\n\nTrained on 3 days\nof jungle sounds."
)
NAMES = ("identity", "usage", "overall")


def reply(text: str, finish: Finish = "stop", tokens: tuple[Token, ...] = ()) -> Reply:
    return Reply(text, finish, "m", 1, 0, 1, 0.1, tokens)


def answer(**changed: Any) -> str:
    good = {
        "abstain": "",
        "identity": {"quote": "Repeats what it hears", "reason": "says it", "score": 3},
        "usage": {"quote": "", "reason": "none", "score": 1},
        "overall": {"reason": "short", "score": 2},
    }
    return json.dumps({**good, **changed})


def test_a_good_answer() -> None:
    found = parse_reply(reply(answer()), NAMES, QuoteFinder(CARD))
    assert found.status == "rated"
    assert found.scores == {"identity": 3, "usage": 1, "overall": 2}
    assert found.reasons["overall"] == "short"
    (quote,) = found.quotes
    assert (quote.criterion, quote.found, quote.first_line, quote.last_line) == (
        "identity",
        True,
        6,
        6,
    )


@pytest.mark.parametrize("text", [f"```json\n{answer()}\n```", f"Here it is:\n{answer()}\nDone."])
def test_words_around_the_answer_do_no_harm(text: str) -> None:
    assert parse_reply(reply(text), NAMES, QuoteFinder(CARD)).status == "rated"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        ("5", "no JSON object"),
        ("I give it a 5 out of 5.", "no JSON object"),
        (answer()[:60], "not JSON"),
        (answer(overall={"reason": "x", "score": 7}), "`overall` has no `score`"),
        (answer(overall={"reason": "x", "score": 4.5}), "`overall` has no `score`"),
        (answer(overall={"reason": "x", "score": True}), "`overall` has no `score`"),
        (answer(usage=None), "`usage` has no `score`"),
        ("{" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_answer_gets_no_number(text: str, fault: str) -> None:
    found = parse_reply(reply(text), NAMES, QuoteFinder(CARD))
    assert (found.status, found.scores) == ("unparsed", {})
    assert fault in found.fault


def test_a_number_in_words_counts_as_long_as_it_is_whole() -> None:
    text = answer(usage={"quote": "", "reason": "", "score": "1"}, identity=2.0)
    assert parse_reply(reply(text), NAMES, QuoteFinder(CARD)).scores["identity"] == 2


def test_a_cut_answer_says_so() -> None:
    found = parse_reply(reply(answer()[:60], "length"), NAMES, QuoteFinder(CARD))
    assert found.fault == "the answer was cut off before its end"


def test_abstained_and_refused() -> None:
    found = parse_reply(reply(answer(abstain="in no language I read")), NAMES, QuoteFinder(CARD))
    assert (found.status, found.scores) == ("abstained", {})
    assert found.reasons["overall"] == "in no language I read"
    assert parse_reply(reply(answer(), "refused"), NAMES, QuoteFinder(CARD)).status == "refused"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("# Parrot", (4, 4)),
        ("repeats WHAT it hears", (6, 6)),
        ("Repeats **what** it [hears](http://a.b/c_(d)).", (6, 6)),
        ("echo | 0.9", (10, 10)),
        ("Trained on 3 days of jungle sounds", (12, 13)),
        ("Repeats what ... jungle sounds", (6, 13)),
        ("“Repeats\u00a0what it hears”", (6, 6)),
        ("license: mit", (2, 2)),
    ],
)
def test_a_quote_that_stands_on_the_card(words: str, lines: tuple[int, int]) -> None:
    quote = QuoteFinder(CARD).find("data", words)
    assert quote.found
    assert (quote.first_line, quote.last_line) == lines


@pytest.mark.parametrize(
    "words", ["", "..", "***", "sounds of jungle", "jungle sounds ... Repeats what", "Trained on 4"]
)
def test_a_quote_that_does_not(words: str) -> None:
    quote = QuoteFinder(CARD).find("data", words)
    assert not quote.found
    assert (quote.first_line, quote.last_line) == (0, 0)


def test_a_quote_of_the_tags_that_stand_in_for_metadata() -> None:
    card = parse_card("# A", tags=("license:mit",))
    assert QuoteFinder(card, "license: mit").find("metadata", "license: mit").found
    assert not QuoteFinder(CARD, "license: gpl").find("metadata", "license: gpl").found


def test_a_score_above_one_needs_a_quote() -> None:
    text = answer(identity={"reason": "none given", "score": 4})
    found = parse_reply(reply(text), NAMES, QuoteFinder(CARD))
    assert found.status == "rated"
    assert found.unsupported == {"identity": ""}


def test_levels_come_from_the_token_that_wrote_the_score() -> None:
    before = '{"identity": {"quote": "a 5", "reason": "5 of 5", "score": '
    digit = Token("4", (("4", math.log(0.6)), ("5", math.log(0.3)), ("x", math.log(0.1))))
    tokens = (Token(before, ()), digit, Token("}}", ()))
    found = token_levels(tokens, ("identity", "overall"))
    assert set(found) == {"identity"}
    assert found["identity"] == pytest.approx((0, 0, 0, 2 / 3, 1 / 3))


def test_levels_are_left_out_where_the_digits_hold_too_little() -> None:
    tokens = (
        Token('{"overall": {"reason": "", "score": ', ()),
        Token("4", (("4", math.log(0.2)), ("four", math.log(0.8)))),
    )
    assert token_levels(tokens, ("overall",)) == {}


def test_decisions_give_levels_and_their_median() -> None:
    text = json.dumps({name: [0.4, 0.3, 0.3, 0.0, 0.0] for name in SCORES})
    found = parse_decisions(reply(text), SCORES)
    assert found.scores == dict.fromkeys(SCORES, 2)
    assert sum(found.levels["overall"]) == pytest.approx(1)
    assert parse_decisions(reply('{"overall": [1]}'), SCORES).status == "unparsed"
    assert parse_decisions(reply(json.dumps({name: [0.5] for name in SCORES})), SCORES).fault
