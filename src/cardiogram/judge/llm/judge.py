"""A language model as a judge: what it is asked, and the rating that its answers make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from statistics import median_low
from typing import Any, Literal, Protocol

import numpy as np

from cardiogram.cards import Card
from cardiogram.judge.llm.budget import Budget, count_tokens
from cardiogram.judge.llm.ledger import Key, hash_of
from cardiogram.judge.llm.parse import Places, Reading, read_decisions, read_reply
from cardiogram.judge.llm.prompt import (
    MAX_CHARS,
    Prompt,
    Shown,
    answer_schema,
    ask_order,
    load_prompt,
    show,
)
from cardiogram.judge.llm.transport import Call, ModelName, Price, Question, Reply, Settings
from cardiogram.judge.rating import Answer, Evidence, Rating, Score, Status, Usage
from cardiogram.names import SCORES

Asking = Literal["all", "each"]
"""Whether one call asks for all numbers, or each number has a call of its own."""

ATTEMPTS = 3
"""Answers to one question at most: the first, and two after its faults were pointed out."""


class Answers(Protocol):
    """Where answers are kept: a ledger, or nothing but memory."""

    def get(self, key: Key) -> Reply | None:
        """The answer to a key, where there is one."""

    def put(self, key: Key, reply: Reply) -> None:
        """Keep an answer."""

    def recent(self, asked: str, count: int) -> list[Reply]:
        """The last answers to one way of asking."""


class Memory:
    """Answers that nobody keeps."""

    def __init__(self) -> None:
        self._replies: dict[Key, Reply] = {}

    def get(self, key: Key) -> Reply | None:
        """The answer to a key, where there is one."""
        return self._replies.get(key)

    def put(self, key: Key, reply: Reply) -> None:
        """Keep an answer."""
        self._replies.setdefault(key, reply)

    def recent(self, asked: str, count: int) -> list[Reply]:
        """The last answers to one way of asking."""
        found = [reply for key, reply in self._replies.items() if key.asked == asked]
        return found[: -count - 1 : -1]


class Seen:
    """A card as a judge sees it: what is shown of it, and where its words stand."""

    def __init__(self, card: Card, max_chars: int = MAX_CHARS) -> None:
        self.card = card
        self.shown: Shown = show(card, max_chars)
        self._places: Places | None = None

    @property
    def places(self) -> Places:
        """Where words stand; made when the first answer comes."""
        if self._places is None:
            self._places = Places(self.card, self.shown.metadata)
        return self._places


@dataclass(frozen=True, slots=True)
class Unit:
    """One question to one judge: a card, a repeat, and a criterion or all of them."""

    seen: Seen
    repeat: int
    part: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next for a unit: a call, or (without one) the reading that stands."""

    reading: Reading | None = None
    call: Call | None = None
    max_tokens: int = 0


@dataclass(frozen=True, slots=True)
class LLMJudge:
    """A language model that rates by the rubric.

    Attributes
    ----------
    name
        The model and its provider.
    settings
        Temperature and the like.
    asking
        "all" for one call a card, "each" for one call a number.
    samples
        Answers for each card.
    orders
        Orders in which the samples ask for the criteria, in turns; None for one each.
    seed
        Of the orders in which the criteria are asked for.
    max_chars
        Characters of a body that are shown.
    price
        None where it is not known: then no cost is reported.
    concurrency
        Calls in flight at most.
    answers
        Where answers are kept; memory where a study does not say.
    failures
        Why cards (by `input_sha256`) have no answer.
    held
        Cards that need none, as their ratings stand.
    """

    name: ModelName
    prompt: Prompt = field(default_factory=load_prompt, repr=False)
    settings: Settings = field(default_factory=Settings)
    asking: Asking = "all"
    samples: int = 1
    orders: int | None = None
    seed: int = 0
    max_chars: int = MAX_CHARS
    price: Price | None = None
    concurrency: int = 32
    answers: Answers = field(default_factory=Memory, repr=False, compare=False)
    failures: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    held: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    @property
    def id(self) -> str:
        """`PROVIDER/MODEL`."""
        return str(self.name)

    @property
    def version(self) -> str:
        """Version of the prompt and hash of all parameters, the number of samples among them."""
        return f"{self.prompt.version}.{hash_of({**self._asked(), 'samples': self.samples})[:8]}"

    @property
    def rubric_version(self) -> str:
        """The rubric in the prompt."""
        return self.prompt.rubric.version

    @property
    def decides(self) -> bool:
        """Whether the model answers typed questions instead of writing."""
        return self.name.provider.wire == "decisions"

    @property
    def calls_a_card(self) -> int:
        """Calls that a card takes where nothing has to be asked again."""
        each = self.asking == "each" and not self.decides
        return self.samples * (len(SCORES) if each else 1)

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """Ask about every card that has no answer yet, and rate it."""
        from cardiogram.judge.llm.runner import ask_now

        failures = ask_now([self], cards, Budget())
        return replace(self, failures=failures[self.id]).read(cards)

    def read(self, cards: Iterable[Card]) -> list[Rating]:
        """Ratings from the answers that are there; a card without them has failed."""
        return [self._rating(Seen(card, self.max_chars)) for card in cards]

    def units(self, seen: Seen) -> Iterator[Unit]:
        """All that is asked about a card."""
        for repeat in range(self.samples):
            order = ask_order(self.seed, repeat % (self.orders or self.samples))
            if self.asking == "all" or self.decides:
                yield Unit(seen, repeat, "", (*order, "overall"))
            else:
                for name in (*order, "overall"):
                    yield Unit(seen, repeat, name, (name,))

    def key(self, unit: Unit, attempt: int) -> Key:
        """Under which an answer is kept."""
        card = unit.seen.card.input_sha256
        return Key(card, hash_of(self._asked()), unit.repeat, unit.part, attempt)

    def _asked(self) -> dict[str, Any]:
        """All that an answer depends on, besides the card and the repeat."""
        return {
            "model": self.id,
            "prompt": self.prompt.version,
            "rubric": self.rubric_version,
            "temperature": self.settings.temperature,
            "thinking": self.settings.thinking,
            "logprobs": self.settings.logprobs,
            "asking": "all" if self.decides else self.asking,
            "seed": self.seed,
            "max_chars": self.max_chars,
            **({} if self.orders is None else {"orders": self.orders}),
        }

    def replies(self, unit: Unit) -> list[Reply]:
        """The answers to a unit that are there, in their order."""
        found = []
        for attempt in range(ATTEMPTS):
            reply = self.answers.get(self.key(unit, attempt))
            if reply is None:
                break
            found.append(reply)
        return found

    def step(self, unit: Unit, replies: Sequence[Reply]) -> Step:
        """What comes next after these answers."""
        readings = [self._read(unit, reply) for reply in replies]
        if not readings:
            return self._ask(unit)
        rated = [reading for reading in readings if reading.status == "rated"]
        best = min(rated, key=lambda r: len(r.unsupported), default=None)
        last, reply = readings[-1], replies[-1]
        quotes_told = len(rated) - (last.status == "rated") > 0
        ends = (
            len(replies) >= ATTEMPTS
            or last.status in ("refused", "abstained")
            or (last.status == "rated" and (not last.unsupported or quotes_told))
        )
        if ends:
            return Step(best or last)
        if last.status == "rated":
            said = self.prompt.again_quotes(last.unsupported)
            return self._ask(unit, ((reply.text, said),))
        if self.decides or reply.finish in ("length", "empty"):
            return self._ask(unit, tokens=2 if reply.finish == "length" else 1)
        return self._ask(unit, ((reply.text, self.prompt.again(last.fault)),))

    def _ask(self, unit: Unit, turns: tuple[tuple[str, str], ...] = (), tokens: int = 1) -> Step:
        most = tokens * self.settings.max_tokens
        if self.decides:
            questions = {
                name: Question(self.prompt.question(name), self.prompt.levels(name))
                for name in unit.names
            }
            state = self.prompt.state(unit.seen.shown)
            return Step(call=Call("", state, questions=questions), max_tokens=most)
        user = self.prompt.user(unit.seen.shown, unit.names)
        schema = _schema(unit.names)
        return Step(call=Call(self.prompt.system, user, schema, turns), max_tokens=most)

    def _read(self, unit: Unit, reply: Reply) -> Reading:
        if self.decides:
            return read_decisions(reply, unit.names)
        return read_reply(reply, unit.names, unit.seen.places)

    def input_tokens(self, call: Call) -> int:
        """Estimated tokens of a call."""
        spoken = sum(count_tokens(answer) + count_tokens(said) for answer, said in call.turns)
        asked = sum(
            count_tokens(item.text) + sum(map(count_tokens, item.levels))
            for item in call.questions.values()
        )
        return _constant_tokens(call.system) + count_tokens(call.user) + spoken + asked

    def constant_tokens(self, call: Call) -> int:
        """Those of its beginning that is the same in every call."""
        return _constant_tokens(call.system)

    def recent(self, count: int = 200) -> list[Reply]:
        """The last answers that came to this way of asking."""
        return self.answers.recent(hash_of(self._asked()), count)

    def _rating(self, seen: Seen) -> Rating:
        """The rating that the answers to all units of a card make."""
        used: list[Reply] = []
        samples: list[tuple[Unit, Reading | None]] = []
        for repeat_units in _by_repeat(self.units(seen)):
            readings = []
            for unit in repeat_units:
                replies = self.replies(unit)
                used += replies
                step = self.step(unit, replies)
                readings.append(step.reading if step.call is None else None)
            samples.append((repeat_units[0], _join(readings)))
        return self._combine(seen, samples, used)

    def _combine(
        self, seen: Seen, samples: Sequence[tuple[Unit, Reading | None]], used: Sequence[Reply]
    ) -> Rating:
        card = seen.card
        rated = [found for _, found in samples if found is not None and found.status == "rated"]
        ends = Counter[Status](found.status if found else "failed" for _, found in samples)
        status: Status = "rated" if rated else ends.most_common(1)[0][0]
        first = rated[0] if rated else next((found for _, found in samples if found), None)
        problems = list(card.problems)
        if seen.shown.cut:
            problems.append(f"card_cut: {seen.shown.cut} characters were not shown to the judge")
        if status == "failed":
            problems.append(f"not_asked: {self.failures.get(card.input_sha256, 'no answer yet')}")
        elif status != "rated" and first is not None and first.fault:
            problems.append(f"no_rating: {first.fault}")
        levels = _levels(rated)
        return Rating(
            judge=self.id,
            judge_version=self.version,
            rubric_version=self.rubric_version,
            input_sha256=card.input_sha256,
            status=status,
            scores={name: _score(rated, levels, name) for name in SCORES} if rated else {},
            evidence=_evidence(first) if rated and first else (),
            cost_usd=self._cost(used),
            problems=tuple(problems),
            reason=first.reasons.get("overall", "") if first else "",
            quotes=first.quotes if rated and first else (),
            levels=levels,
            answers=tuple(_answer(unit, found) for unit, found in samples),
            model=used[-1].model if used else "",
            usage=Usage(
                calls=len(used),
                input_tokens=sum(reply.input_tokens for reply in used),
                cached_tokens=sum(reply.cached_tokens for reply in used),
                output_tokens=sum(reply.output_tokens for reply in used),
                seconds=round(sum(reply.seconds for reply in used), 3),
            ),
        )

    def _cost(self, used: Sequence[Reply]) -> float | None:
        if self.price is not None:
            return sum(self.price.of_reply(reply) for reply in used)
        known = [reply.cost_usd for reply in used if reply.cost_usd is not None]
        return sum(known) if len(known) == len(used) else None


@lru_cache(maxsize=256)
def _schema(names: tuple[str, ...]) -> Mapping[str, Any]:
    return answer_schema(names)


@lru_cache(maxsize=16)
def _constant_tokens(text: str) -> int:
    return count_tokens(text)


def _by_repeat(units: Iterable[Unit]) -> list[list[Unit]]:
    found: dict[int, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.repeat, []).append(unit)
    return list(found.values())


def _join(readings: Sequence[Reading | None]) -> Reading | None:
    """One reading of a repeat: where a number has none, the repeat has none."""
    if any(reading is None for reading in readings):
        return None
    known = [reading for reading in readings if reading is not None]
    unrated = next((reading for reading in known if reading.status != "rated"), None)
    if unrated is not None:
        return unrated
    return Reading(
        "rated",
        scores={name: value for found in known for name, value in found.scores.items()},
        reasons={name: text for found in known for name, text in found.reasons.items()},
        quotes=tuple(quote for found in known for quote in found.quotes),
        levels={name: levels for found in known for name, levels in found.levels.items()},
    )


def _levels(rated: Sequence[Reading]) -> dict[str, tuple[float, ...]]:
    """Probability of each level: the model's own, averaged, or the shares of several samples."""
    found = {}
    for name in SCORES:
        given = [reading.levels[name] for reading in rated if name in reading.levels]
        if given and len(given) == len(rated):
            found[name] = tuple(np.mean(given, axis=0).tolist())
        elif len(rated) > 1:
            counts = Counter(reading.scores[name] for reading in rated)
            found[name] = tuple(counts[level] / len(rated) for level in range(1, 6))
    return found


def _score(rated: Sequence[Reading], levels: Mapping[str, tuple[float, ...]], name: str) -> Score:
    """The median of the answers; expectation and 90 % interval from the probabilities."""
    value = median_low(reading.scores[name] for reading in rated)
    if name not in levels:
        return Score(value, float(value), float(value), float(value))
    grown = np.cumsum(levels[name])
    low, high = 1 + np.searchsorted(grown, [0.05 + 1e-9, 0.95 - 1e-9])
    mean = float(np.dot(levels[name], range(1, 6)))
    return Score(value, round(mean, 4), float(min(low, value)), float(max(min(high, 5), value)))


def _evidence(reading: Reading) -> tuple[Evidence, ...]:
    """The reasons, each at the place of its quote."""
    places = {quote.criterion: quote for quote in reading.quotes if quote.found}
    found = []
    for name in SCORES:
        if reason := reading.reasons.get(name, ""):
            place = places.get(name)
            lines = (place.first_line, place.last_line) if place else (0, 0)
            found.append(Evidence(name, reason, *lines))
    return tuple(found)


def _answer(unit: Unit, reading: Reading | None) -> Answer:
    order = ask_order_of(unit)
    if reading is None:
        return Answer(unit.repeat, order, "failed")
    scores = tuple(reading.scores[name] for name in SCORES) if reading.scores else ()
    return Answer(unit.repeat, order, reading.status, scores)


def ask_order_of(unit: Unit) -> tuple[str, ...]:
    """The criteria of a unit in their order; `overall` always comes last."""
    return tuple(name for name in unit.names if name != "overall")


@dataclass(frozen=True, slots=True)
class InItsName:
    """Base of what rates in the name of a language model, from answers that are there."""

    judge: LLMJudge

    @property
    def id(self) -> str:
        """That of the model."""
        return self.judge.id

    @property
    def version(self) -> str:
        """That of the model."""
        return self.judge.version

    @property
    def rubric_version(self) -> str:
        """That of the model."""
        return self.judge.rubric_version
