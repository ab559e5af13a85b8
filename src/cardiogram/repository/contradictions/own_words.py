"""A card against itself: the sums of its settings, and its title against its text."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import Known, contradiction, number, source_of
from cardiogram.repository.statements import Statement


def compare_batches(known: Known) -> Iterator[Contradiction]:
    """The total batch against batch, accumulated steps and devices, as generators list them."""
    total = _single(known, "total_batch_size")
    batch = _single(known, "batch_size")
    steps = _single(known, "accumulation")
    devices = _single(known, "devices")
    if total is None or batch is None:
        return
    parts = [s for s in (batch, steps, devices) if s is not None]
    product = 1
    for part in parts:
        product *= int(float(str(part.value)))
    value = int(float(str(total.value)))
    near = all(abs(s.line - total.line) <= 12 for s in parts)
    if near and value != product and (devices is not None or value % product):
        yield contradiction(
            total,
            [source_of(s) for s in parts],
            f"The card says {value} examples a step; its own settings multiply to {product}.",
            sure=devices is not None,
        )


def _single(known: Known, kind: str) -> Statement | None:
    said = known.said(kind)
    return said[0] if len({s.value for s in said}) == 1 else None


def compare_sizes(known: Known) -> Iterator[Contradiction]:
    """The size in the title against the one in the text, where no file knows better."""
    if known.named(("parameters", "parameters_declared", "base_parameters")):
        return
    said = known.said("parameters")
    title = next((s for s in said if s.place == "title"), None)
    if title is None or not title.certain:
        return
    for statement in said:
        apart = statement.high * 1.5 < title.low or statement.low > title.high * 1.5
        if statement is not title and statement.certain and apart:
            yield contradiction(
                statement,
                (source_of(title),),
                f"The text says {number(statement.value)} parameters, "
                f"the title {number(title.value)}.",
                sure=False,
            )
            return
