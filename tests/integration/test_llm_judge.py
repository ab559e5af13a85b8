"""Language models as judges, against a local server with the providers' wire formats."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import CommandLine
from model_answers import Replay, read_lines
from model_server import Faults, ModelServer

from cardiogram.cards.card import Card, parse_card
from cardiogram.cli import main
from cardiogram.collect.collect import Source, collect
from cardiogram.errors import JudgeError
from cardiogram.judge.llm import batches as batch, runner
from cardiogram.judge.llm.budget import Budget
from cardiogram.judge.llm.estimate import estimate_cost
from cardiogram.judge.llm.judge import LLMJudge
from cardiogram.judge.llm.ledger import Ledger
from cardiogram.judge.llm.options import ModelOptions, load_model
from cardiogram.judge.llm.question import ask_question
from cardiogram.judge.llm.runner import _JudgeRun, ask_models, rate_with_models
from cardiogram.judge.llm.transport.connect import connect, run_async
from cardiogram.judge.load import load_judge
from cardiogram.judge.rate import rate_study
from cardiogram.judge.rating import Rating
from cardiogram.judge.validation.validate import validate
from cardiogram.maps.segments.segments import read_segments
from cardiogram.names import SCORES
from cardiogram.store import Study
from support import SHARED, needs_llm, needs_shared

pytestmark = needs_llm

SAMPLE = Path(__file__).parents[2] / "examples/sample"
KEY = "sk-planted-0123456789abcdef"
_START = """
import json, sys
from cardiogram.cli import main
ends = []
for command in json.loads(sys.stdin.read()):
    try:
        main(command, prog_name="cardiogram")
    except SystemExit as end:
        ends.append(end.code)
sys.exit(ends != [0, 1, 1])
"""


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "HF_TOKEN"):
        monkeypatch.setenv(name, KEY)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    found = ModelServer()
    with found.running() as url:
        found.url = url  # type: ignore[attr-defined]
        yield found


def cards(count: int = 12) -> list[Card]:
    paths = sorted(SAMPLE.glob("*/*/README.md"))[:count]
    return [parse_card(path.read_bytes(), id="/".join(path.parts[-3:-1])) for path in paths]


def judge(server: ModelServer, name: str = "vllm/m", **options: object) -> LLMJudge:
    url = server.url  # type: ignore[attr-defined]
    tail = "" if name.startswith(("anthropic", "google")) else "/v1"
    return load_model(name, ModelOptions(base_urls=[url + tail], **options))  # type: ignore[arg-type]


def ask(judge: LLMJudge, cards: list[Card]) -> list[Rating]:
    return rate_with_models([judge], cards)[judge.id]


def study_of(folder: Path, count: int = 12) -> Study:
    rows = [{"id": card.id, "text": card.text} for card in cards(count)]
    source = folder / "cards.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    study = Study(folder / "study")
    with study.lock():
        collect(study, Source(source))
    return study


def ends(ratings: list[Rating]) -> Counter[str]:
    return Counter(rating.status for rating in ratings)


# -- every wire ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "openai/gpt-4.1",
        "openai/gpt-5-mini",
        "huggingface/Qwen/Qwen3-32B",
        "ollama/llama3",
        "anthropic/claude-haiku-4-5",
        "anthropic/claude-2",
        "google/gemini-2.5-flash",
    ],
)
def test_every_provider_rates(server: ModelServer, name: str) -> None:
    ratings = ask(judge(server, name), cards(5))
    assert ends(ratings) == {"rated": 5}
    for rating in ratings:
        assert set(rating.scores) == set(SCORES)
        assert all(quote.found and quote.first_line for quote in rating.quotes)
        assert {item.criterion for item in rating.evidence} == set(SCORES)
        assert rating.usage is not None
        assert rating.usage.input_tokens > 1000
        assert rating.usage.calls == 1
        assert rating.reason
    assert server.log.calls == 5
    assert server.log.keys == {KEY} if "ollama" not in name else {"no-key"}


def test_a_model_that_decides_gives_a_probability_for_each_level(server: ModelServer) -> None:
    ratings = ask(judge(server, "openai-decisions/gpt-6-luna"), cards(3))
    assert ends(ratings) == {"rated": 3}
    for rating in ratings:
        assert set(rating.levels) == set(SCORES)
        assert all(sum(levels) == pytest.approx(1) for levels in rating.levels.values())
        overall = rating.scores["overall"]
        assert overall.low <= overall.expected <= overall.high
        assert overall.expected != overall.value


def test_log_probabilities_give_levels(server: ModelServer) -> None:
    (rating,) = ask(judge(server, "openai/gpt-4.1", levels="logprobs"), cards(1))
    assert set(rating.levels) == set(SCORES)
    assert max(rating.levels["overall"]) == pytest.approx(0.8, abs=0.11)


def test_one_call_each_and_several_samples(server: ModelServer) -> None:
    (rating,) = ask(judge(server, asking="each"), cards(1))
    assert (rating.status, server.log.calls) == ("rated", 9)
    server.log.calls = 0
    (rating,) = ask(judge(server, samples=3), cards(1))
    assert server.log.calls == 3
    assert [answer.repeat for answer in rating.answers] == [0, 1, 2]
    assert len({answer.order for answer in rating.answers}) == 3
    assert all(len(answer.scores) == 9 for answer in rating.answers)
    assert sum(rating.levels["data"]) == pytest.approx(1)
    asked = {body["temperature"] for body in _bodies(server)}
    assert asked == {1.0}


def _bodies(server: ModelServer) -> list[dict[str, object]]:
    server.keep_bodies = True
    ask(judge(server, samples=2), [parse_card("# Another card that nobody asked about")])
    return server.log.bodies


# -- what goes wrong -----------------------------------------------------------------------------


def test_transport_faults_are_asked_again_until_every_card_has_its_answer(
    server: ModelServer,
) -> None:
    server.faults = Faults(busy=0.15, error=0.1, reset=0.1, slow=0.05, retry_after="0")
    ratings = ask(judge(server, "openai/m"), cards(30))
    assert ends(ratings) == {"rated": 30}
    assert server.log.busy > 0
    assert server.log.errors > 0
    assert max(server.log.paid.values()) == 1


@pytest.mark.parametrize("name", ["openai/m", "anthropic/claude-haiku-4-5"])
@pytest.mark.parametrize("kind", ["malformed", "truncated", "empty"])
def test_an_answer_that_cannot_be_read_is_asked_again(
    server: ModelServer, name: str, kind: str
) -> None:
    server.faults = Faults(**{kind: 1.0})
    server.keep_bodies = True
    ratings = ask(judge(server, name), cards(3))
    assert ends(ratings) == {"rated": 3}
    assert {rating.usage.calls for rating in ratings if rating.usage} == {2}
    said = json.dumps(server.log.bodies[-1]["messages"])
    assert ("Your answer could not be used" in said) == (kind == "malformed")


@pytest.mark.parametrize("kind", ["malformed", "truncated", "empty"])
def test_what_is_never_readable_ends_unparsed_without_a_number(
    server: ModelServer, kind: str
) -> None:
    server.faults = Faults(once=False, **{kind: 1.0})
    (rating,) = ask(judge(server), cards(1))
    assert (rating.status, rating.scores, server.log.calls) == ("unparsed", {}, 3)
    assert rating.problems[-1].startswith("no_rating: ")


def test_a_refusal_is_a_refusal(server: ModelServer) -> None:
    server.faults = Faults(refusal=1.0, once=False)
    for name in ("openai/m", "anthropic/claude-haiku-4-5"):
        server.log.calls = 0
        (rating,) = ask(judge(server, name), cards(1))
        assert (rating.status, rating.scores, server.log.calls) == ("refused", {}, 1)


def test_an_invented_quote_is_caught_asked_once_and_recorded(server: ModelServer) -> None:
    server.faults = Faults(misquote=1.0)
    ratings = ask(judge(server), cards(5))
    assert all(quote.found for rating in ratings for quote in rating.quotes)
    assert server.log.calls == 10
    server.faults = Faults(misquote=1.0, once=False)
    ratings = ask(judge(server, seed=1), cards(5))
    assert ends(ratings) == {"rated": 5}
    assert server.log.calls == 20
    for rating in ratings:
        invented = [quote for quote in rating.quotes if not quote.found]
        assert [quote.text for quote in invented] == ["words that stand nowhere on this card"]


@pytest.mark.parametrize(("status", "words"), [(401, "key"), (404, "no such model"), (400, "rej")])
def test_a_provider_that_will_never_answer_stops_soon(
    server: ModelServer, status: int, words: str
) -> None:
    server.faults = Faults(status=status)
    ratings = ask(judge(server, "openai/m", concurrency=4), cards(40))
    assert ends(ratings) == {"failed": 40}
    assert server.log.calls <= 24
    assert all(words in rating.problems[-1] for rating in ratings)
    assert KEY not in str(ratings)


def test_a_broken_provider_does_not_stall_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "delay_before", lambda *_: 0.01)
    good, bad = ModelServer(), ModelServer(faults=Faults(status=500))
    study = study_of(tmp_path)
    with good.running() as url, bad.running() as broken:
        options = ModelOptions(base_urls=[f"vllm={url}/v1", f"ollama={broken}/v1"])
        judges = [load_judge(name, options) for name in ("ollama/b", "vllm/a", "embedded")]
        began = time.monotonic()
        found = rate_study(study, judges)
        assert time.monotonic() - began < 30
    assert [item.ends for item in found] == [{"failed": 12}, {"rated": 12}, {"rated": 12}]
    assert sum(found[0].failures.values()) == 12
    rows = [row for row in study.ratings.rows() if row["judge"] == "ollama/b"]
    assert [row["overall"] for row in rows] == [None] * 12
    with ModelServer().running() as url:  # what failed is asked again, and nothing else
        options = ModelOptions(base_urls=[f"ollama={url}/v1", "vllm=http://127.0.0.1:1/v1"])
        again = rate_study(study, [load_judge(name, options) for name in ("ollama/b", "vllm/a")])
    assert [item.ends for item in again] == [{"rated": 12}, {"rated": 12}]


# -- budget and resume ---------------------------------------------------------------------------


def test_a_second_run_pays_for_nothing(server: ModelServer, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    assert rate_study(study, [judge(server)])[0].rated == 12
    assert rate_study(study, [judge(server)])[0].rated == 12
    assert server.log.calls == 12
    for path in study.ratings.shards():  # not even where the ratings are lost
        path.unlink()
    assert rate_study(study, [judge(server)])[0].rated == 12
    assert server.log.calls == 12


def test_a_budget_stops_and_the_next_run_goes_on(server: ModelServer, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    asked = judge(server, price_in=1.0, price_out=10.0)
    (first,) = rate_study(study, [asked], budget=Budget(max_calls=5))
    assert (first.ends, server.log.calls) == ({"rated": 5, "failed": 7}, 5)
    assert list(first.failures) == ["--max-calls 5 is reached"]
    cost = first.cost_usd or 0.0
    assert cost == pytest.approx(
        (server.log.input_tokens + 10 * server.log.output_tokens) / 1e6, rel=1e-6
    )
    budget = Budget(max_cost=0.1)
    (second,) = rate_study(study, [asked], budget=budget)
    assert budget.spent <= 0.1
    assert second.ends["rated"] >= 5
    (third,) = rate_study(study, [asked])
    assert (third.ends, server.log.calls) == ({"rated": 12}, 12)
    assert max(server.log.paid.values()) == 1


def test_an_estimate_is_near_what_the_server_counts(server: ModelServer) -> None:
    pytest.importorskip("bpe_openai")
    asked, all_cards = judge(server), cards(50)
    first = estimate_cost(asked, all_cards)
    ask(asked, all_cards[:15])
    before = (server.log.input_tokens, server.log.output_tokens)
    found = estimate_cost(asked, all_cards)
    assert found.calls == len(all_cards) - 15
    ask(asked, all_cards)
    assert found.input_tokens == pytest.approx(server.log.input_tokens - before[0], rel=0.05)
    assert found.output_tokens == pytest.approx(server.log.output_tokens - before[1], rel=0.10)
    assert found.output_low < server.log.output_tokens - before[1] < found.output_high
    assert first.input_tokens == pytest.approx(server.log.input_tokens, rel=0.05)
    assert first.output_low < server.log.output_tokens < first.output_high
    assert first.output_high - first.output_low > found.output_high - found.output_low


def _command(study: Study, url: str, *options: str) -> list[str]:
    judge = ["--judge", "vllm/m", "--base-url", f"{url}/v1"]
    return ["rate", str(study.root), *judge, *options]


def _has_lines(file: Path, count: int, wait: float) -> bool:
    """Whether a file has so many lines, a moment after it has."""
    if not file.exists() or file.read_bytes().count(b"\n") < count:
        return False
    time.sleep(wait)
    return True


def test_killed_at_any_moment_no_answer_is_lost_or_paid_twice(tmp_path: Path) -> None:
    server = ModelServer(faults=Faults(latency=0.1))
    study = study_of(tmp_path, 50)
    ledger = study.root / "answers/vllm~m.jsonl"
    line, before = CommandLine(tmp_path), b""
    with server.running() as url:
        for wait in (0.0, 0.07):
            ready = partial(_has_lines, ledger, before.count(b"\n") + 4, wait)
            line.kill_when(ready, *_command(study, url, "--concurrency", "2"), timeout=30)
            kept = ledger.read_bytes()
            assert kept.startswith(before)
            before = kept[: kept.rfind(b"\n") + 1]
        count = before.count(b"\n")
        assert 8 <= count < 50
        done = line.run(*_command(study, url, "--json"))
        assert done.returncode == 0, done.stderr
    assert ledger.read_bytes().startswith(before)
    assert json.loads(done.stdout)["ratings"] == len(cards(50))
    assert f"{len(cards(50)) - count} calls" in done.stderr
    assert len(server.log.received) >= 6  # the client had these before it asked for the next
    assert server.log.again == 0
    in_flight = sum(count - 1 for count in server.log.paid.values())
    assert in_flight <= 2 * 2


# -- batches -------------------------------------------------------------------------------------


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "POLL_SECONDS", 0.01)


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("name", ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"])
def test_a_batch_brings_the_answers_at_its_price(
    server: ModelServer, name: str, tmp_path: Path
) -> None:
    server.faults = Faults(malformed=0.3)
    study = study_of(tmp_path)
    asked = judge(server, name)
    (found,) = rate_study(study, [asked], via="batches")
    assert found.ends == {"rated": 12}
    assert server.log.calls == 0
    assert asked.price is not None
    assert found.cost_usd == pytest.approx(
        0.5
        * asked.price.of(
            server.log.input_tokens, server.log.output_tokens, server.log.cached_tokens
        )
    )
    sent = len(server.batches)
    (again,) = rate_study(study, [asked])  # a call finds the batch's answers
    assert (again.ends, server.log.calls, len(server.batches)) == ({"rated": 12}, 0, sent)


@pytest.mark.usefixtures("no_waiting")
def test_a_batch_is_found_again_by_its_id(server: ModelServer, tmp_path: Path) -> None:
    server.faults = Faults(batch_polls=10**9)
    asked = judge(server, "openai/gpt-5-mini")
    path = tmp_path / "a.jsonl"

    async def hand_in_and_stop(bound: LLMJudge) -> None:
        work = asyncio.create_task(
            _JudgeRun(bound, Budget(), lambda: None).ask_in_batches(connect, cards(4))
        )
        while not path.with_suffix(".batches.jsonl").exists():
            await asyncio.sleep(0.01)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    with Ledger(path) as ledger:
        run_async(hand_in_and_stop(replace(asked, answers=ledger)))
    assert len(server.batches) == 1
    server.faults.batch_polls = 1
    with Ledger(path) as ledger:
        bound = replace(asked, answers=ledger)
        answered = ask_models([bound], cards(4), Budget(), via="batches")[asked.id]
        assert answered.failures == {}
        assert ends(answered.rate(cards(4))) == {"rated": 4}
    assert len(server.batches) == 1


def test_a_provider_without_batches_says_so(server: ModelServer) -> None:
    with pytest.raises(JudgeError, match="no batch interface"):
        ask_models([judge(server)], cards(1), Budget(), via="batches")


# -- keys ----------------------------------------------------------------------------------------


def test_the_key_is_written_nowhere(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    environment = {**os.environ, "OPENAI_LOG": "debug", "ANTHROPIC_LOG": "debug"}
    commands, logs = [], []
    with ExitStack() as servers:
        for status, *names in (
            (0, "openai/m", "anthropic/claude-haiku-4-5"),
            (401, "openai/m2"),
            (400, "openai/m3"),
        ):
            faults = Faults(busy=0.2, malformed=0.2, retry_after="0", status=status)
            server = ModelServer(faults=faults)
            url = servers.enter_context(server.running())
            at = ["--base-url", f"openai={url}/v1", "--base-url", f"anthropic={url}"]
            judges = [word for name in names for word in ("--judge", name)]
            commands.append(["rate", str(study.root), "--json", *at, *judges])
            logs.append(server.log)
        done = subprocess.run(
            [sys.executable, "-c", _START],
            input=json.dumps(commands),
            capture_output=True,
            text=True,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        written = done.stdout + done.stderr
        asked = judge_repr = repr(load_model("openai/m", ModelOptions(base_urls=[url])))
    assert [log.keys for log in logs] == [{KEY}] * 3
    assert KEY not in written
    assert KEY not in asked + judge_repr
    for path in study.root.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    for row in study.ratings.rows():  # Parquet compresses: look at what it says
        assert KEY not in str(row)


def test_a_missing_key_is_named_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(JudgeError, match="needs a key") as caught:
        load_judge("openai/gpt-5-mini")
    assert "OPENAI_API_KEY" in str(caught.value.hint)


# -- the whole path ------------------------------------------------------------------------------


def test_the_command_line_shows_the_estimate_first(server: ModelServer, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    url = server.url  # type: ignore[attr-defined]
    options = ["--price-in", "1", "--price-out", "2", "--max-calls", "4"]
    done = CommandLine(tmp_path).run(*_command(study, url, *options))
    assert done.returncode == 1
    said = (
        r"vllm/m: 12 cards, 12 calls, about [\d,]+ tokens in and [\d,]+ out \([\d,]+ to [\d,]+\), "
        r"about [\d.]+ US dollars \([\d.]+ to [\d.]+; prices of 2026-"
    )
    assert re.search(said, done.stderr)
    assert done.stderr.index("12 cards") < done.stderr.index("asking models")
    assert "8 failed: --max-calls 4 is reached; run the same command again" in done.stderr
    assert done.stdout.startswith("vllm/m: 4 ratings (8 failed) in ")
    listed = CliRunner().invoke(main, ["judges", "list", str(study.root)])
    assert "vllm/m" in listed.stdout
    assert "4 of 12 cards rated" in listed.stdout


def test_any_question_can_be_asked_and_is_paid_for_once(
    server: ModelServer, tmp_path: Path
) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
        "required": ["name", "size"],
        "additionalProperties": False,
    }
    url = server.url + "/v1"  # type: ignore[attr-defined]
    server.faults = Faults(busy=0.3)
    for _ in range(2):
        found = ask_question("vllm/m", "Name it.", schema, base_url=url, answers=tmp_path)
        assert found.answer == {"name": "words", "size": 1}
    assert server.log.calls - server.log.busy == 1


@needs_shared
def test_replayed_labels_agree_with_the_second_reading(tmp_path: Path) -> None:
    corpus = SHARED / "corpus"
    labels, some = corpus / "labels-dev.jsonl", tmp_path / "cards.jsonl"
    twice = {row["key"] for row in read_lines(labels) if row.get("second")}
    rows = list(read_lines(corpus / "cards-dev.jsonl.gz"))
    rows = [row for place, row in enumerate(rows) if row["key"] in twice or place % 8 == 0]
    some.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    server = ModelServer(Replay.load(some, labels, "first"))
    study = Study(tmp_path / "study")
    with study.lock():
        collect(study, Source(some))
    with server.running() as url:
        options = ModelOptions(base_urls=[f"{url}/v1"])
        (found,) = rate_study(study, [load_judge("vllm/replay", options)])
    assert found.ends == {"rated": len(rows)}
    assert len(rows) > 140
    asked = {"judge": "vllm/replay", "draws": 100}
    agreement = validate(study.root, labels, gold_judge="second", **asked).scores["overall"]
    assert agreement.n == 98
    assert agreement.qwk.value == pytest.approx(0.947, abs=0.01)
    mine = validate(study.root, labels, gold_judge="first", **asked).scores["overall"]
    assert (mine.exact.value or 0) > 0.98


def test_a_model_names_the_segments_of_a_map(tmp_path: Path) -> None:
    """The stand-in calls everything "Words": one segment may have that name, the others not."""
    study = Study(tmp_path / "study")
    with study.lock():
        collect(study, Source(SAMPLE))
        rate_study(study, [load_judge("embedded")])
    server = ModelServer()
    with server.running() as url:
        command = ["map", str(study.root), "--draws", "0", "--namer", "vllm/m"]
        done = CliRunner().invoke(main, [*command, "--namer-url", f"{url}/v1"])
    assert done.exit_code == 0, done.output
    names = [segment.name for segment in read_segments(study)]
    assert names.count("Words") == 1
    assert len(names) == len(set(names)) > 1
    assert "a name by rules stays" in done.stderr
