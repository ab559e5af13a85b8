"""A language model as a judge: what it is asked, and the rating that its answers make.

Nothing here calls anybody: :mod:`.runner` asks, and hands the answers in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from cardiogram.cards import Card
from cardiogram.judge.llm.budget import count_tokens
from cardiogram.judge.llm.ledger import Key, Ledger, hash_options
from cardiogram.judge.llm.parse import ParsedReply, QuoteFinder, parse_decisions, parse_reply
from cardiogram.judge.llm.prompt import (
    MAX_CHARS,
    Prompt,
    ShownText,
    answer_schema,
    ask_order,
    load_prompt,
    show_card,
)
from cardiogram.judge.llm.transport import (
    Call,
    CallSettings,
    ModelName,
    Price,
    Reply,
    TypedQuestion,
)
from cardiogram.judge.rating import (
    Evidence,
    JudgeAnswer,
    Rating,
    Score,
    Status,
    Usage,
    share_levels,
)
from cardiogram.names import SCORES

Asking = Literal["all", "each"]
"""Whether one call asks for all numbers, or each number has a call of its own."""

ATTEMPTS = 3
"""Answers to one question at most: the first, and two after its faults were pointed out."""


class MemoryStore:
    """Answers that are lost when the program ends."""

    def __init__(self) -> None:
        self._replies: dict[Key, Reply] = {}

    def get(self, key: Key) -> Reply | None:
        """The answer to a key, where there is one."""
        return self._replies.get(key)

    def put(self, key: Key, reply: Reply) -> None:
        """Keep an answer; the first one to a key stays."""
        self._replies.setdefault(key, reply)

    def recent(self, options: str, count: int) -> list[Reply]:
        """The last answers to calls with the same options, newest first."""
        replies = [reply for key, reply in self._replies.items() if key.options == options]
        return replies[: -count - 1 : -1]


class ShownCard:
    """A card as a judge is shown it, and where its words stand; both made when first needed."""

    def __init__(self, card: Card, max_chars: int = MAX_CHARS) -> None:
        self.card = card
        self.max_chars = max_chars

    @cached_property
    def text(self) -> ShownText:
        """What is shown."""
        return show_card(self.card, self.max_chars)

    @cached_property
    def quotes(self) -> QuoteFinder:
        """Where words stand."""
        return QuoteFinder(self.card, self.text.metadata)


@dataclass(frozen=True, slots=True)
class Unit:
    """One question to one judge: a card, a repeat, and a criterion or all of them."""

    shown: ShownCard
    repeat: int
    part: str
    score_names: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """The criteria in the order in which they are asked for; `overall` always comes last."""
        return tuple(name for name in self.score_names if name != "overall")


@dataclass(frozen=True, slots=True)
class UnitState:
    """How far a unit is.

    Attributes
    ----------
    replies
        The answers that came.
    call
        What to ask next; None where nothing is to be asked.
    max_tokens
        Of the answer to `call`.
    parsed
        The answer that stands, where `call` is None.
    """

    unit: Unit
    replies: Sequence[Reply]
    call: Call | None = None
    max_tokens: int = 0
    parsed: ParsedReply | None = None

    @property
    def card(self) -> str:
        """`input_sha256` of the card."""
        return self.unit.shown.card.input_sha256


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
    rated
        Cards whose ratings stand already, so that nothing is asked about them.
    """

    name: ModelName
    prompt: Prompt = field(default_factory=load_prompt, repr=False)
    settings: CallSettings = field(default_factory=CallSettings)
    asking: Asking = "all"
    samples: int = 1
    orders: int | None = None
    seed: int = 0
    max_chars: int = MAX_CHARS
    price: Price | None = None
    concurrency: int = 32
    answers: Ledger | MemoryStore = field(default_factory=MemoryStore, repr=False, compare=False)
    failures: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    rated: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    @property
    def id(self) -> str:
        """`PROVIDER/MODEL`."""
        return str(self.name)

    @property
    def version(self) -> str:
        """Version of the prompt and hash of all parameters, the number of samples among them."""
        options = {**self._options(), "samples": self.samples}
        return f"{self.prompt.version}.{hash_options(options)[:8]}"

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

    def rate(self, cards: Iterable[Card]) -> list[Rating]:
        """Make ratings from the answers that are there; a card without them has failed.

        Makes no calls: see :func:`~cardiogram.judge.llm.runner.rate_with_models`.
        """
        return [self._rating(ShownCard(card, self.max_chars)) for card in cards]

    def walk(self, cards: Iterable[Card]) -> Iterator[UnitState]:
        """Every unit of some cards in order, and how far it is."""
        for card in cards:
            shown = ShownCard(card, self.max_chars)
            for unit in self._units(shown):
                is_rated = card.input_sha256 in self.rated
                yield UnitState(unit, ()) if is_rated else self.resume(unit)

    def _units(self, shown: ShownCard) -> Iterator[Unit]:
        """All that is asked about a card."""
        for repeat in range(self.samples):
            order = ask_order(self.seed, repeat % (self.orders or self.samples))
            if self.asking == "all" or self.decides:
                yield Unit(shown, repeat, "", (*order, "overall"))
            else:
                for name in (*order, "overall"):
                    yield Unit(shown, repeat, name, (name,))

    def key(self, unit: Unit, attempt: int) -> Key:
        """Under which an answer is kept."""
        card = unit.shown.card.input_sha256
        return Key(card, hash_options(self._options()), unit.repeat, unit.part, attempt)

    def _options(self) -> dict[str, object]:
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

    def resume(self, unit: Unit) -> UnitState:
        """How far a unit is by the answers that are kept."""
        replies = []
        for attempt in range(ATTEMPTS):
            reply = self.answers.get(self.key(unit, attempt))
            if reply is None:
                break
            replies.append(reply)
        return self.advance(unit, replies)

    def advance(self, unit: Unit, replies: Sequence[Reply]) -> UnitState:
        """How far a unit is after these answers."""
        parsed = [self._parse(unit, reply) for reply in replies]
        if not parsed:
            return self._ask(unit, replies)
        rated = [answer for answer in parsed if answer.status == "rated"]
        best = min(rated, key=lambda answer: len(answer.unsupported), default=None)
        last, reply = parsed[-1], replies[-1]
        quotes_were_named = len(rated) - (last.status == "rated") > 0
        stands = (
            len(replies) >= ATTEMPTS
            or last.status in ("refused", "abstained")
            or (last.status == "rated" and (not last.unsupported or quotes_were_named))
        )
        if stands:
            return UnitState(unit, replies, parsed=best or last)
        if last.status == "rated":
            fault = self.prompt.again_quotes(last.unsupported)
            return self._ask(unit, replies, ((reply.text, fault),))
        if self.decides or reply.finish in ("length", "empty"):
            return self._ask(unit, replies, tokens=2 if reply.finish == "length" else 1)
        return self._ask(unit, replies, ((reply.text, self.prompt.again(last.fault)),))

    def _ask(
        self,
        unit: Unit,
        replies: Sequence[Reply],
        turns: tuple[tuple[str, str], ...] = (),
        tokens: int = 1,
    ) -> UnitState:
        text = unit.shown.text
        if self.decides:
            questions = {
                name: TypedQuestion(self.prompt.question(name), self.prompt.levels(name))
                for name in unit.score_names
            }
            call = Call("", self.prompt.state(text), questions=questions)
        else:
            user = self.prompt.user(text, unit.score_names)
            call = Call(self.prompt.system, user, _schema(unit.score_names), turns)
        return UnitState(unit, replies, call, max_tokens=tokens * self.settings.max_tokens)

    def _parse(self, unit: Unit, reply: Reply) -> ParsedReply:
        if self.decides:
            return parse_decisions(reply, unit.score_names)
        return parse_reply(reply, unit.score_names, unit.shown.quotes)

    def count_input(self, call: Call) -> int:
        """Estimated tokens of a call."""
        turns = sum(count_tokens(answer) + count_tokens(fault) for answer, fault in call.turns)
        questions = sum(
            count_tokens(question.text) + sum(map(count_tokens, question.levels))
            for question in call.questions.values()
        )
        return self.count_constant(call) + count_tokens(call.user) + turns + questions

    def count_constant(self, call: Call) -> int:
        """Estimated tokens of its beginning, which is the same in every call."""
        return _count_constant(call.system)

    def reserve_of(self, state: UnitState) -> float:
        """The most that the next call of a unit can cost, in US dollars; 0 without a price."""
        if self.price is None or state.call is None:
            return 0.0
        return self.price.of(1.15 * self.count_input(state.call), state.max_tokens)

    def recent(self, count: int = 200) -> list[Reply]:
        """The last answers to calls with this judge's options, newest first."""
        return self.answers.recent(hash_options(self._options()), count)

    def _rating(self, shown: ShownCard) -> Rating:
        """The rating that the answers to all units of a card make."""
        states = [self.resume(unit) for unit in self._units(shown)]
        used = [reply for state in states for reply in state.replies]
        repeats = [
            (group[0].unit, _join([state.parsed for state in group]))
            for repeat in range(self.samples)
            if (group := [state for state in states if state.unit.repeat == repeat])
        ]
        parsed = [answer for _, answer in repeats if answer is not None]
        rated = [answer for answer in parsed if answer.status == "rated"]
        outcomes = Counter[Status](answer.status if answer else "failed" for _, answer in repeats)
        status: Status = "rated" if rated else outcomes.most_common(1)[0][0]
        first = next(iter(rated or parsed), None)
        levels = _levels(rated)
        return Rating(
            judge=self.id,
            judge_version=self.version,
            rubric_version=self.rubric_version,
            input_sha256=shown.card.input_sha256,
            status=status,
            scores={name: _score(rated, levels, name) for name in SCORES} if rated else {},
            evidence=_evidence(first) if rated and first else (),
            cost_usd=self._cost(used),
            problems=self._problems(shown, status, first),
            reason=first.reasons.get("overall", "") if first else "",
            quotes=first.quotes if rated and first else (),
            levels=levels,
            answers=tuple(_answer(unit, answer) for unit, answer in repeats),
            model=used[-1].model if used else "",
            usage=Usage(
                calls=len(used),
                input_tokens=sum(reply.input_tokens for reply in used),
                cached_tokens=sum(reply.cached_tokens for reply in used),
                output_tokens=sum(reply.output_tokens for reply in used),
                seconds=round(sum(reply.seconds for reply in used), 3),
            ),
        )

    def _problems(
        self, shown: ShownCard, status: Status, first: ParsedReply | None
    ) -> tuple[str, ...]:
        problems = list(shown.card.problems)
        if cut := shown.text.cut:
            problems.append(f"card_cut: {cut} characters were not shown to the judge")
        if status == "failed":
            reason = self.failures.get(shown.card.input_sha256, "no answer yet")
            problems.append(f"not_asked: {reason}")
        elif status != "rated" and first is not None and first.fault:
            problems.append(f"no_rating: {first.fault}")
        return tuple(problems)

    def _cost(self, used: Sequence[Reply]) -> float | None:
        if self.price is not None:
            return sum(self.price.of_reply(reply) for reply in used)
        known = [reply.cost_usd for reply in used if reply.cost_usd is not None]
        return sum(known) if len(known) == len(used) else None


_schema = lru_cache(maxsize=256)(answer_schema)
_count_constant = lru_cache(maxsize=16)(count_tokens)


def _join(answers: Sequence[ParsedReply | None]) -> ParsedReply | None:
    """One answer of a repeat: where a number has none, the repeat has none."""
    known = [answer for answer in answers if answer is not None]
    if len(known) < len(answers):
        return None
    unrated = next((answer for answer in known if answer.status != "rated"), None)
    if unrated is not None:
        return unrated
    return ParsedReply(
        "rated",
        scores={name: value for answer in known for name, value in answer.scores.items()},
        reasons={name: text for answer in known for name, text in answer.reasons.items()},
        quotes=tuple(quote for answer in known for quote in answer.quotes),
        levels={name: levels for answer in known for name, levels in answer.levels.items()},
    )


def _levels(rated: Sequence[ParsedReply]) -> dict[str, tuple[float, ...]]:
    """Probability of each level: the model's own, averaged, or the shares of several samples."""
    levels = {}
    for name in SCORES:
        stated = [answer.levels[name] for answer in rated if name in answer.levels]
        if stated and len(stated) == len(rated):
            levels[name] = tuple([sum(level) / len(stated) for level in zip(*stated, strict=True)])
        elif len(rated) > 1:
            levels[name] = share_levels([answer.scores[name] for answer in rated])
    return levels


def _score(
    rated: Sequence[ParsedReply], levels: Mapping[str, tuple[float, ...]], name: str
) -> Score:
    if name in levels:
        return Score.from_levels(levels[name])
    return Score.from_answers([answer.scores[name] for answer in rated])


def _evidence(answer: ParsedReply) -> tuple[Evidence, ...]:
    """The reasons, each at the place of its quote."""
    places = {quote.criterion: quote for quote in answer.quotes if quote.found}
    evidence = []
    for name in SCORES:
        if reason := answer.reasons.get(name, ""):
            place = places.get(name)
            lines = (place.first_line, place.last_line) if place else (0, 0)
            evidence.append(Evidence(name, reason, *lines))
    return tuple(evidence)


def _answer(unit: Unit, parsed: ParsedReply | None) -> JudgeAnswer:
    if parsed is None:
        return JudgeAnswer(unit.repeat, unit.order, "failed")
    scores = tuple(parsed.scores[name] for name in SCORES) if parsed.scores else ()
    return JudgeAnswer(unit.repeat, unit.order, parsed.status, scores)
