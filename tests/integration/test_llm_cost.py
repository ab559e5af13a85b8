"""What asking language models will cost, said before and after a pilot; who waits for whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from model_server import Faults, ModelServer

from cardiogram.cards.card import Card, parse_card
from cardiogram.collect.collect import Source, collect
from cardiogram.judge.llm.budget import Budget
from cardiogram.judge.llm.estimate import PILOT, CostEstimate, estimate_cost
from cardiogram.judge.llm.judge import LLMJudge
from cardiogram.judge.llm.options import ModelOptions, load_model
from cardiogram.judge.llm.runner import ask_models, rate_with_models
from cardiogram.judge.llm.transport.prices import Price
from cardiogram.judge.rate import rate_study
from cardiogram.store import Study
from support import needs_llm

pytestmark = needs_llm

SAMPLE = Path(__file__).parents[2] / "examples/sample"
PRICE = Price(1.0, 8.0, 0.1)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    found = ModelServer()
    with found.running() as url:
        found.url = f"{url}/v1"  # type: ignore[attr-defined]
        yield found


def texts(count: int) -> list[str]:
    found = [path.read_text("utf-8") for path in sorted(SAMPLE.glob("*/*/README.md"))]
    return [f"{found[n % len(found)]}\nNumber {n}.\n" for n in range(count)]


def cards(count: int) -> list[Card]:
    return [parse_card(text, id=f"a/{n}") for n, text in enumerate(texts(count))]


def judge(server: ModelServer) -> LLMJudge:
    url = server.url  # type: ignore[attr-defined]
    return replace(load_model("vllm/m", ModelOptions(base_urls=[url])), price=PRICE)


def paid(server: ModelServer) -> float:
    log = server.log
    return PRICE.of(log.input_tokens, log.output_tokens, log.cached_tokens)


def test_before_any_answer_the_cost_is_in_its_range_and_counts_what_the_provider_keeps(
    server: ModelServer,
) -> None:
    asked, some = judge(server), cards(60)
    found = estimate_cost(asked, some)
    without = estimate_cost(replace(asked, price=replace(PRICE, cached=PRICE.input)), some)
    assert (without.cached_tokens, found.cached_tokens > 60_000) == (0, True)
    rate_with_models([asked], some)
    assert found.answers == 0
    assert found.cached_tokens == pytest.approx(server.log.cached_tokens, rel=0.05)
    assert found.cost_low is not None
    assert found.cost_high is not None
    assert found.cost_low < paid(server) < found.cost_high


def test_a_pilot_brings_the_estimate_within_5_percent_of_what_is_paid(
    server: ModelServer, tmp_path: Path
) -> None:
    pytest.importorskip("bpe_openai")
    source, study = tmp_path / "cards.jsonl", Study(tmp_path / "study")
    rows = ({"id": f"a/{n}", "text": text} for n, text in enumerate(texts(260)))
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with study.lock():
        collect(study, Source(source))
    told: list[tuple[CostEstimate, float, int]] = []

    def keep(estimates: dict[str, CostEstimate]) -> None:
        (found,) = estimates.values()
        told.append((found, paid(server), sum(server.log.paid.values())))

    rate_study(study, [judge(server)], on_estimate=keep)  # type: ignore[arg-type]
    (before, nothing, _), (after, first, answered) = told
    assert (before.answers, nothing) == (0, 0.0)
    assert 40 <= answered <= PILOT
    assert after.answers == answered
    assert after.calls == before.calls - answered == 260 - answered
    assert after.cost_usd == pytest.approx(paid(server) - first, rel=0.05)
    assert max(server.log.paid.values()) == 1


def test_a_provider_that_hangs_does_not_stall_the_others(server: ModelServer) -> None:
    hung = ModelServer(faults=Faults(latency=600.0))
    some = cards(40)

    class Enough(Exception):
        """All that the other judge was asked has its answer."""

    def stop(done: int) -> None:
        if done == len(some):
            raise Enough

    with hung.running() as url:
        slow = load_model("ollama/slow", ModelOptions(base_urls=[f"{url}/v1"]))
        good = judge(server)
        with pytest.raises(Enough):
            ask_models([slow, good], some, Budget(), on_progress=stop)
        assert hung.log.in_flight > 0
    assert sum(hung.log.paid.values()) == 0
    assert sum(server.log.paid.values()) == len(some)
    assert {rating.status for rating in good.rate(some)} == {"rated"}


def test_every_call_carries_the_schema_as_the_library_fits_it(server: ModelServer) -> None:
    server.keep_bodies = True
    rate_with_models([judge(server)], cards(4))
    rate_with_models([replace(judge(server), asking="each")], cards(1))
    forms = [body["response_format"]["json_schema"] for body in server.log.bodies]
    assert len(forms) == 4 + 9
    assert all(form["strict"] for form in forms)
    assert len({json.dumps(form) for form in forms[:4]}) == 1
    asked = [tuple(form["schema"]["properties"]) for form in forms]
    assert len(asked[0]) == 10
    assert {len(names) for names in asked[4:]} == {2}
    assert len(set(asked[4:])) == 9
