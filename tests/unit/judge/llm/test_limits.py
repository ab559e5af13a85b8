import asyncio

import pytest

from cardiogram.errors import JudgeError
from cardiogram.judge.llm.budget import Budget, count_tokens
from cardiogram.judge.llm.transport.limiter import Limiter, Slot, delay_before
from cardiogram.judge.llm.transport.messages import Reply
from cardiogram.judge.llm.transport.prices import Price, price_list, price_of
from cardiogram.judge.llm.transport.providers import PROVIDERS, ModelName, file_name

LATENCY = 20


def simulate(limiter: Limiter, capacity: int, calls: int) -> float:
    """A provider that refuses above its capacity; the share of it that was used.

    Time is counted in turns of the event loop, so that nothing depends on the machine.
    """
    served = ticks = in_flight = 0

    async def turns(count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(0)

    async def worker() -> None:
        nonlocal served, in_flight
        while served < calls:
            slot = await limiter.acquire()
            in_flight += 1
            if in_flight > capacity:
                await turns(1)
                in_flight -= 1
                limiter.on_refusal(slot)
                await turns(LATENCY)
            else:
                await turns(LATENCY)
                in_flight -= 1
                served += 1
                limiter.on_answer(slot)

    async def work() -> None:
        nonlocal ticks
        workers = [asyncio.create_task(worker()) for _ in range(40)]
        while served < calls:
            await asyncio.sleep(0)
            ticks += 1
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    asyncio.run(work())
    return served * LATENCY / (ticks * min(capacity, limiter.max_calls))


@pytest.mark.parametrize("capacity", [1, 3, 8, 20, 100])
def test_it_finds_the_capacity_and_wastes_little(capacity: int) -> None:
    limiter = Limiter(32)
    assert simulate(limiter, capacity, 500) > 0.75
    assert limiter.refusals < (60 if capacity > 1 else 120)


def test_it_never_exceeds_what_the_user_allows() -> None:
    limiter = Limiter(5)
    simulate(limiter, 100, 200)
    assert limiter.limit == 5
    assert Limiter(1).limit == 1


def refuse(limiter: Limiter, sent: int, refused: int) -> None:
    falls, limiter.in_flight = limiter._decreases, sent
    for place in range(sent - refused + 1, sent + 1):
        limiter.on_refusal(Slot(falls, place), 30.0)


def test_the_first_refusals_tell_what_the_provider_keeps() -> None:
    limiter = Limiter(32)
    assert limiter.limit == 16
    refuse(limiter, sent=16, refused=8)
    assert (limiter.limit, limiter.in_flight) == (8, 8)
    assert limiter._resume == 0  # many at once are one: those kept go on


def test_later_refusals_at_once_make_it_fall_once() -> None:
    limiter = Limiter(64)
    refuse(limiter, sent=1, refused=1)
    limiter.limit = 32.0
    refuse(limiter, sent=32, refused=1)
    late = Slot(1, 31)
    limiter.on_refusal(late)
    assert limiter.limit == pytest.approx(28.8)


def rounds_until(limiter: Limiter, height: int, most: int = 200) -> int:
    """Rounds of answers until so many calls may be in flight."""
    for count in range(most):
        if limiter.limit >= height:
            return count
        for _ in range(int(limiter.limit)):
            limiter.in_flight = int(limiter.limit)
            limiter.on_answer(Slot(limiter._decreases, limiter.in_flight))
    return most


def test_a_height_that_failed_is_tried_less_and_less_often_until_it_holds() -> None:
    limiter = Limiter(32)
    refuse(limiter, sent=16, refused=8)
    waits = []
    for _ in range(6):
        waits.append(rounds_until(limiter, 9))
        refuse(limiter, sent=9, refused=1)
        assert int(limiter.limit) == 8
    assert waits == sorted(waits)
    assert waits[0] <= 4
    assert 30 <= waits[-1] <= 40
    rounds_until(limiter, 9)  # now the provider keeps more
    assert rounds_until(limiter, 20) <= 12


def test_a_slot_is_handed_on_when_its_owner_is_cancelled() -> None:
    async def work() -> int:
        limiter = Limiter(1)
        first = await limiter.acquire()
        waiting = [asyncio.create_task(limiter.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        limiter.on_answer(first)
        waiting[1].cancel()
        await asyncio.sleep(0)
        slot = await asyncio.wait_for(waiting[2], 1)
        limiter.release(slot)
        return limiter.in_flight

    assert asyncio.run(work()) == 0


def test_after_refusals_in_a_row_all_calls_wait_as_the_provider_asks() -> None:
    now = 0.0
    limiter = Limiter(8, clock=lambda: now)
    for _ in range(3):
        limiter.in_flight += 1
        limiter.on_refusal(Slot(limiter._decreases, 1), 30.0)
    assert limiter._resume == 30.0


def test_delays_grow_and_honour_the_provider() -> None:
    assert all(5 <= delay_before(1, 5.0) <= 6.25 for _ in range(100))
    assert len({delay_before(1, 5.0) for _ in range(50)}) > 40
    assert max(delay_before(1) for _ in range(100)) <= 0.2
    assert max(delay_before(20) for _ in range(100)) <= 30


def reply(cost: float | None = None) -> Reply:
    return Reply("", "stop", "m", 1000, 0, 1000, 0.1, cost_usd=cost)


def spend(budget: Budget, cost: float, paid: float, most: int = 100) -> int:
    """Calls that fit in, one after the other."""

    async def work() -> int:
        for count in range(most):
            if not await budget.reserve(cost):
                return count
            budget.settle(cost, reply(paid))
        return most

    return asyncio.run(work())


def test_a_budget_of_money_holds_whatever_comes_back() -> None:
    budget = Budget(max_cost=1.0)
    assert spend(budget, 0.3, 0.1) == 8  # 0.7 spent: another 0.3 still fits, then 0.8 does not
    assert budget.spent <= 1.0
    assert "--max-cost 1 is reached" in budget.stopped


def test_a_budget_of_calls_and_of_minutes() -> None:
    assert spend(Budget(max_calls=5), 0.0, 1.0) == 5
    assert spend(Budget(max_calls=0), 0.0, 1.0) == 0
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 30.0
        return now

    budget = Budget(max_minutes=5, clock=clock)
    assert spend(budget, 0.0, 0.0) == 9
    assert budget.stopped == "--max-minutes 5 is reached"


def test_calls_in_flight_are_counted_as_the_most_that_they_can_cost() -> None:
    async def work() -> tuple[bool, bool, bool]:
        budget = Budget(max_cost=1.0)
        first = await budget.reserve(0.9)
        second = asyncio.create_task(budget.reserve(0.5))
        await asyncio.sleep(0.05)
        waited = not second.done()
        budget.settle(0.9, reply(0.1))
        return first, waited, await second

    assert asyncio.run(work()) == (True, True, True)


def test_prices_have_a_date_and_what_the_user_says_beats_them() -> None:
    assert price_list()["date"] >= "2026-11-25"
    assert "genai-prices" in price_list()["source"]
    name = ModelName.parse("openai/gpt-5-mini")
    listed = price_of(name)
    assert listed is not None
    assert listed.of(1_000_000, 0) == listed.input
    assert listed.of(1_000_000, 0, 1_000_000) == listed.cached < listed.input
    assert price_of(ModelName.parse("openai/gpt-5-mini-2025-08-07")) == listed
    assert price_of(ModelName.parse("openai/nobody-knows")) is None
    assert price_of(ModelName.parse("openai/nobody-knows"), 1.0, 2.0) == Price(1.0, 2.0, 1.0)
    mixed = price_of(name, None, 9.0)
    assert mixed is not None
    assert (mixed.input, mixed.output) == (listed.input, 9.0)


@pytest.mark.parametrize("name", ["gpt-5", "nobody/x", "openai/", "/x"])
def test_a_wrong_name_names_the_providers(name: str) -> None:
    with pytest.raises(JudgeError) as caught:
        ModelName.parse(name)
    assert "anthropic" in str(caught.value.hint)


def test_names_of_files_are_safe_and_their_own() -> None:
    names = ["a/b", "a~b", "a/b:1", "a/b.1", "../x", "a/é", "a/e"]
    assert len({file_name(name) for name in names}) == len(names)
    assert all(set(file_name(name)) & set("/:") == set() for name in names)


def test_a_key_comes_from_the_providers_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in PROVIDERS.values():
        for variable in provider.keys:
            monkeypatch.delenv(variable, raising=False)
    name = ModelName.parse("google/gemini")
    assert name.missing() == "GOOGLE_API_KEY"
    monkeypatch.setenv("GEMINI_API_KEY", "planted")
    assert (name.missing(), name.provider.key()) == ("", "planted")
    assert "planted" not in repr(name)
    assert ModelName.parse("ollama/x").missing() == ""
    assert ModelName.parse("openai/x", "http://localhost:1/v1").missing() == ""


def test_tokens_of_the_prompt_are_close_to_a_real_vocabulary() -> None:
    encoding = pytest.importorskip("bpe_openai").get_encoding("o200k_base")
    from cardiogram.judge.llm.prompt import load_prompt

    text = load_prompt().system
    assert count_tokens(text) == pytest.approx(len(encoding.encode(text)), rel=0.05)
