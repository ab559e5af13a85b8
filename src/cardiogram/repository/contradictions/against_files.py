"""A card's numbers and names against the facts of files, kind by kind."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cardiogram.lazy import regex
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import (
    Known,
    contradiction,
    counts_of_headers,
    examples_a_step,
    number,
    sources_of,
)
from cardiogram.repository.fact import Fact, Value
from cardiogram.repository.statements import Statement, is_of_another

Agrees = Callable[[Statement, Value], bool]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How statements of a kind are compared.

    Attributes
    ----------
    against
        Facts that contradict a statement which none of them agrees with; the first name of which
        there is one counts.
    excuses
        Other facts that a reader may mean by the same words.
    what
        What is compared, in the plain words of `why`.
    parts
        Whether a fact about a part may contradict, too.
    named
        Whether `what` is the name of a value, and none that can be counted.
    """

    kind: str
    against: tuple[str, ...]
    what: str
    agrees: Agrees
    excuses: tuple[str, ...] = ()
    parts: bool = False
    named: bool = False


def within(statement: Statement, value: Value, slack: float = 0.0) -> bool:
    """Whether a number is rounded to what the statement says."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if not isinstance(statement.value, int | float):
        return False
    low = statement.low if statement.low or statement.high else float(statement.value)
    high = statement.high if statement.high else float(statement.value)
    margin = 1e-6 * max(abs(low), abs(high))
    return low * (1 - slack) - margin <= value <= high * (1 + slack) + margin


def _counts(statement: Statement, value: Value) -> bool:
    """Parameters: names and prose round freely, and count embeddings or not."""
    return within(statement, value, 0.2)


def _close(statement: Statement, value: Value) -> bool:
    return within(statement, value, 0.005)


def _vocabulary(statement: Statement, value: Value) -> bool:
    return within(statement, value, 0.02)


def _epochs(statement: Statement, value: Value) -> bool:
    if not isinstance(value, int | float) or not isinstance(statement.value, int | float):
        return False
    return (
        within(statement, value)
        or math.ceil(value) == statement.value
        or abs(value - statement.value) < 0.51
    )


def _same_number(statement: Statement, value: Value) -> bool:
    return (
        isinstance(value, int | float)
        and isinstance(statement.value, int | float)
        and math.isclose(value, statement.value, rel_tol=0.01)
    )


def _labels(statement: Statement, value: Value) -> bool:
    """Numbers of classes: with or without the one for none, and as types of entities in BIO."""
    count = len(value) if isinstance(value, list | dict) else value
    if not isinstance(count, int | float) or not isinstance(statement.value, int | float):
        return False
    stated = int(statement.value)
    marked = {
        stated,
        stated + 1,
        *(each * stated + extra for each in (2, 3, 4) for extra in (0, 1)),
    }
    return count in marked if stated < 60 else within(statement, count)


def _word(statement: Statement, value: Value) -> bool:
    mine, theirs = _plain(statement.value), _plain(value)
    return mine == theirs or bool(mine and theirs and (mine in theirs or theirs in mine))


def _plain(value: object) -> str:
    return re.sub(r"[\W_]", "", str(value).lower())


_DTYPES = {
    "float32": "F32",
    "fp32": "F32",
    "float": "F32",
    "float16": "F16",
    "half": "F16",
    "fp16": "F16",
    "bfloat16": "BF16",
    "bf16": "BF16",
    "float64": "F64",
    "float8_e4m3fn": "F8_E4M3",
}


def dtypes_of(value: Value) -> frozenset[str]:
    """Types of weights in the names of safetensors.

    Examples
    --------
    >>> sorted(dtypes_of(["BF16", "float32"]))
    ['BF16', 'F32']
    """
    parts = value if isinstance(value, list) else [value]
    words = [str(part).removeprefix("torch.") for part in parts]
    return frozenset(_DTYPES.get(word.lower(), word.upper()) for word in words)


def _dtype(statement: Statement, value: Value) -> bool:
    return bool(dtypes_of(statement.value) & dtypes_of(value))


def _duration(statement: Statement, value: Value) -> bool:
    """Hours by another clock: with loading and evaluation, or of all devices together."""
    if not isinstance(value, int | float) or not isinstance(statement.value, int | float):
        return False
    return value <= 0 or 0.5 <= statement.value / value <= 3


def _optimiser(statement: Statement, value: Value) -> bool:
    """Generators call AdamW Adam, too; what is behind the name is a variant."""
    mine, theirs = str(statement.value).rstrip("w"), _plain(value)
    return mine in theirs


def _image(statement: Statement, value: Value) -> bool:
    """Heights and widths, where one number is both."""
    mine, theirs = _edges(statement.value), _edges(value)
    return bool(mine and theirs) and (mine == theirs or mine == theirs[::-1])


def _edges(value: Value) -> list[int]:
    parts = value if isinstance(value, list) else [value, value]
    edges = [int(part) for part in parts if isinstance(part, int | float)]
    return edges[-2:] if len(edges) > 2 else edges


_LENGTHS = ("context_original", "sliding_window", "sequence_length", "cutoff", "base_context")
COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "parameters",
        ("parameters", "parameters_declared", "base_parameters"),
        "parameters",
        _counts,
        ("parameters_declared", "base_parameters"),
    ),
    Comparison("experts", ("experts",), "experts", within),
    Comparison(
        "experts_per_token", ("experts_per_token",), "experts a token", within, ("experts",)
    ),
    Comparison("context", ("context", "base_context"), "tokens of input", _close, _LENGTHS),
    Comparison("sequence_length", ("sequence_length",), "tokens of input", _close),
    Comparison("sliding_window", ("sliding_window",), "tokens of the window", within),
    Comparison("bits", ("bits",), "bits a weight", within, parts=True),
    Comparison("group_size", ("group_size",), "weights a group", within),
    Comparison("shards", ("shards",), "files of weights", within),
    Comparison("layers", ("layers",), "layers", within),
    Comparison("heads", ("heads",), "heads of attention", within, ("key_value_heads",)),
    Comparison(
        "hidden_size", ("hidden_size",), "units of the hidden state", within, ("dimensions",)
    ),
    Comparison("vocabulary", ("vocabulary",), "entries of the vocabulary", _vocabulary),
    Comparison("dimensions", ("dimensions",), "dimensions", within, ("hidden_size",)),
    Comparison("labels", ("labels", "classes"), "labels", _labels),
    Comparison("pooling", ("pooling",), "pooling", _word),
    Comparison("similarity", ("similarity",), "similarity", _word),
    Comparison("patch_size", ("patch_size",), "pixels a patch", within),
    Comparison("image_size", ("image_size",), "pixels", _image, ("latent_size",)),
    Comparison("window", ("window",), "seconds", within),
    Comparison("sampling_rate", ("sampling_rate",), "samples a second", within),
    Comparison("rank", ("rank",), "rank of the adapter", within, named=True),
    Comparison("lora_alpha", ("lora_alpha",), "alpha of the adapter", within, named=True),
    Comparison(
        "lora_dropout", ("lora_dropout",), "dropout of the adapter", _same_number, named=True
    ),
    Comparison("learning_rate", ("learning_rate",), "learning rate", _same_number, named=True),
    Comparison("epochs", ("epochs",), "epochs", _epochs),
    Comparison("steps", ("steps",), "steps", within),
    Comparison("warmup_steps", ("warmup_steps",), "steps of warm-up", within),
    Comparison("batch_size", ("batch_size",), "examples a batch", within, ("total_batch_size",)),
    Comparison("total_batch_size", ("total_batch_size",), "examples a step", within),
    Comparison("accumulation", ("accumulation",), "accumulated steps", within),
    Comparison("seed", ("seed",), "seed", within, named=True),
    Comparison(
        "cutoff",
        ("cutoff", "sequence_length"),
        "tokens of an example",
        within,
        ("sequence_length", "context", "base_context"),
    ),
    Comparison("training_seconds", ("training_seconds",), "seconds of training", _duration),
    Comparison("optimizer", ("optimizer",), "optimiser", _optimiser, named=True),
    Comparison(
        "train_samples",
        ("train_samples", "dataset_rows"),
        "training examples",
        _close,
        ("dataset_rows", "eval_samples"),
        parts=True,
    ),
)


def compare_with_files(known: Known) -> Iterator[Contradiction]:
    """Statements that no fact agrees with, where there is a fact that could."""
    if known.is_dataset:
        return  # what it says of models is of others
    counts = counts_of_headers(known)
    for comparison in COMPARISONS:
        against = _against(known, comparison)
        said = [s for s in known.said(comparison.kind) if not s.about]
        if not against or not said:
            continue
        facts = [*against, *known.named((*comparison.against[:1], *comparison.excuses))]
        true = [s for s in said if _is_true(comparison, s, facts, counts)]
        for statement in said:
            if statement in true or _is_excused(known, statement, facts, against, bool(true)):
                continue
            counted = [f for f in known.named(("stored_numbers",)) if _counts(statement, f.value)]
            meant = statement.kind == "parameters" and bool(counted)
            yield contradiction(
                statement,
                sources_of(against),
                _why(statement, comparison, against),
                sure=_is_sure(statement, against, counts) and not meant,
                value=against[0].value,
            )


def _is_true(
    comparison: Comparison, statement: Statement, facts: list[Fact], counts: list[float]
) -> bool:
    """Whether a fact agrees; where headers count, a number must be rounded from such a count."""
    if counts and _is_exact(statement):
        return any(within(statement, count, _ROUNDED) for count in counts)
    return any(comparison.agrees(statement, fact.value) for fact in facts)


_ROUNDED = 0.06
"""How far names of sizes are commonly off, beyond rounding."""


def _is_exact(statement: Statement) -> bool:
    """Whether a number of parameters is more than the name of a size, such as 7B."""
    number = statement.value
    if statement.kind != "parameters" or not isinstance(number, int | float):
        return False
    named = number >= 1e9 and not number % 1e9
    return statement.place in ("text", "table") and not named


def _is_excused(
    known: Known,
    statement: Statement,
    facts: list[Fact],
    against: list[Fact],
    said_truly: bool,
) -> bool:
    """Whether what no fact says may be true all the same.

    Where the card says the true value, too, an unclear sentence is likely of something else.
    """
    if said_truly and not statement.certain:
        return not _SHORTLY.fullmatch(statement.quote) or is_of_another(statement.quote)
    if statement.kind == "train_samples":
        return _is_a_sum(statement, facts)
    if statement.kind == "batch_size" and not _PER_DEVICE.search(statement.quote):
        step = None if _DEVICES.search(statement.quote) else examples_a_step(known)
        return any(_is_multiple(statement.value, fact.value) for fact in against) and (
            step is None or within(statement, step, 0.2)
        )
    if statement.kind == "context" and isinstance(against[0].value, int | float):
        ratio = max(statement.high, float(str(statement.value))) / float(against[0].value)
        return 0.9 < ratio < 1 or (ratio < 1 and not statement.certain)
    return False


_SHORTLY = regex(r"\W*(?:fine-?)?(?:trained|tuned|training)\b[^.;:()|]{0,24}\W*", re.I)
"""A few words without a subject, of which nothing says that they are of another training."""


_DEVICES = regex(r"\b(?:devices?|[gt]pus?|accumulat\w*|nodes?)\b", re.I)


_PER_DEVICE = regex(r"per_device|(?<!total_)train_batch_size|micro", re.I)


def _is_multiple(stated: Value, value: Value) -> bool:
    """Whether a batch may be that of all devices and accumulated steps together."""
    if not isinstance(stated, int | float) or not isinstance(value, int | float):
        return False
    return bool(value) and stated > value and not stated % value


def _is_a_sum(statement: Statement, facts: list[Fact]) -> bool:
    """Whether a number of examples is that of several splits or data sets together."""
    rows = [int(f.value) for f in facts if f.name == "dataset_rows" and isinstance(f.value, int)]
    sums = {0}
    for count in rows[:8]:
        sums |= {each + count for each in sums}
    return any(each and within(statement, each, 0.005) for each in sums)


def _against(known: Known, comparison: Comparison) -> list[Fact]:
    for name in comparison.against:
        about = None if comparison.parts or name.startswith("base_") else ""
        facts = known.named((name,), about)
        if facts:
            return facts
    return []


def _is_sure(statement: Statement, against: list[Fact], counts: list[float]) -> bool:
    """Whether one of both must be false; a title, and what is nearly so, only ask."""
    if not statement.certain or any(fact.name.startswith("base_") for fact in against):
        return False
    value = against[0].value
    if counts and _is_exact(statement):
        return not any(within(statement, count, 0.15) for count in counts)
    if statement.kind == "batch_size" and _is_multiple(statement.value, value):
        return False
    if statement.kind == "parameters" and isinstance(value, int | float):
        ratio = float(value) / max(1.0, float(str(statement.value)))
        return not 0.75 <= ratio <= 1.33
    if statement.kind == "context" and isinstance(value, int | float):
        return float(str(statement.value)) > float(value)
    return not (statement.kind == "train_samples" and against[0].name == "dataset_rows")


def _why(statement: Statement, comparison: Comparison, against: list[Fact]) -> str:
    fact = against[0]
    value = (
        len(fact.value)
        if statement.kind == "labels" and isinstance(fact.value, list)
        else fact.value
    )
    place = fact.sources[0].repo or fact.sources[0].path or "the Hub"
    mine, theirs = number(statement.value), number(value)
    said = f"{comparison.what} {mine}" if comparison.named else f"{mine} {comparison.what}"
    return f"The card says {said}; {place} says {theirs}."


def compare_stored_types(known: Known) -> Iterator[Contradiction]:
    """The type of the stored weights, where they are not packed."""
    stored = known.named(("dtype",), "")
    if not stored or known.named(("bits",)):
        return
    parts = known.named(("dtype",))
    for statement in known.said("dtype"):
        if any(_dtype(statement, fact.value) for fact in parts):
            continue
        loaded = known.named(("dtype_to_load",), "")
        meant = any(_dtype(statement, fact.value) for fact in loaded)
        types = " and ".join(sorted(dtypes_of(stored[0].value)))
        yield contradiction(
            statement,
            sources_of([*stored, *([] if meant else loaded)]),
            f"The card says that the weights are {statement.value}; the files hold {types}.",
            sure=statement.certain and not meant,
        )


def compare_files_listed(known: Known) -> Iterator[Contradiction]:
    """Sizes and quantisations that the card gives a file."""
    for statement in known.statements:
        if statement.kind not in ("size", "quantisation", "bits") or not statement.about:
            continue
        facts = [f for f in known.named((statement.kind,)) if _same_file(f.about, statement.about)]
        if not facts or any(_file_agrees(statement, fact.value) for fact in facts):
            continue
        unit = " bytes" if statement.kind == "size" else ""
        yield contradiction(
            statement,
            sources_of(facts),
            f"The card says {number(statement.value)}{unit} of {statement.about}; "
            f"the file says {number(facts[0].value)}{unit}.",
            sure=statement.kind != "size" or not within(statement, facts[0].value, 0.1),
        )


_QUANT_IN_NAME = regex(r"[-._](?P<quant>I?Q\d(?:_[A-Z0-9]{1,3}){0,3}|BF16|F16|F32)[-.]", re.I)


def compare_file_names(known: Known) -> Iterator[Contradiction]:
    """The quantisation in a file's name against the one in its header."""
    for statement in known.said("file"):
        match = _QUANT_IN_NAME.search(str(statement.value))
        facts = [
            f for f in known.named(("quantisation",)) if _same_file(f.about, str(statement.value))
        ]
        if match is None or not facts:
            continue
        mine = _plain(match["quant"])
        if not any(_plain(f.value) in (mine, mine.replace("xl", "m")) for f in facts):
            yield contradiction(
                statement,
                sources_of(facts),
                f"The file is called {match['quant']}; its header says {facts[0].value}.",
                sure=False,
                kind="quantisation",
            )


def _same_file(path: str, written: str) -> bool:
    return path.rpartition("/")[2].lower() == written.rpartition("/")[2].lower()


def compare_parts(known: Known) -> Iterator[Contradiction]:
    """What is said of a data set, or of a model that was merged, by their ids."""
    for statement in known.statements:
        if statement.kind not in ("dataset_licence", "merge_weight", "merge_density"):
            continue
        facts = [f for f in known.named((statement.kind,)) if f.about == statement.about]
        if not facts or any(_part_agrees(statement, fact.value) for fact in facts):
            continue
        place = facts[0].sources[0].repo or facts[0].sources[0].path
        yield contradiction(
            statement,
            sources_of(facts),
            f"The card says {number(statement.value)} of {statement.about}; "
            f"{place} says {number(facts[0].value)}.",
            sure=statement.certain,
        )


def _part_agrees(statement: Statement, value: Value) -> bool:
    return _word(statement, value) or _same_number(statement, value)


def compare_disk(known: Known) -> Iterator[Contradiction]:
    """Bytes of the weights, against all of them and against each file, and by their bits."""
    for statement in known.said("memory"):
        counted = known.named(("memory",), statement.about)
        if counted and not within(statement, counted[0].value):
            value = counted[0].value
            yield contradiction(
                statement,
                sources_of(counted),
                f"The weights alone take {number(value)} bytes in {statement.about}.",
                sure=not within(statement, value, 0.08),  # else they may be binary units
                value=value,
            )
    sizes = known.named(("size",))
    total = [f for f in sizes if not f.about]
    for statement in known.said("size"):
        if statement.about or not total:
            continue
        if not any(within(statement, fact.value, 0.06) for fact in sizes):
            yield contradiction(
                statement,
                sources_of(total),
                f"The card says {number(statement.value)} bytes; "
                f"the weights are {number(total[0].value)} bytes.",
                sure=False,
            )


def _file_agrees(statement: Statement, value: Value) -> bool:
    if statement.kind == "size":
        return within(statement, value, 0.03)
    return _plain(statement.value) == _plain(value) or within(statement, value)
