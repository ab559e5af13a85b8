"""Results that the Trainer lists: of the last evaluation, or none at all."""

from __future__ import annotations

from cardiogram.improve.draft import Sentence
from cardiogram.improve.operations import InsertLines
from cardiogram.improve.repairs.seen_card import Repairs, SeenCard
from cardiogram.improve.repairs.template_words import question, repair
from cardiogram.lazy import regex
from cardiogram.repository import Fact

_OPENS = regex(r"(?:It|This model) achieves the following results on the evaluation set:\s*")
_FIRST = regex(r"This model (?:is a fine-tuned version of|was trained from scratch).{0,600}\.\s*")
_ENTRY = regex(r"[-*] ([\w /@.()-]{1,60}?): (-?[\d.]+(?:e-?\d+)?|nan|-?inf)\s*")
_STEP = regex(r"the best one was at step (\d+)")
_VERSION = regex(r"[-*] Transformers:? v?(\d+\.\d+)(\.[\w.+-]*)?\s*")
_FIRST_ENTRY = "/log_history/0/"


def best_checkpoint(seen: SeenCard) -> Repairs:
    """Results of the last evaluation, where the log says that another one was better."""
    opened = _list(seen)
    best = next(iter(seen.view.facts.named("best_metric")), None)
    if opened is None or best is None or not best.about or not isinstance(best.value, float | int):
        return
    entries = _entries(seen, opened)
    last = next((f for f in _results(seen) if f.about == best.about), None)
    step = _STEP.search(last.note) if last is not None else None
    if last is None or step is None or not entries:
        return
    shown = entries.get(best.about.replace("_", " ").casefold())
    if shown is None or not _is_rounded(shown, last.value) or _is_rounded(shown, best.value):
        return
    name = best.about.replace("_", " ")
    text = (
        f"These are the results of the last evaluation. The best {name} was "
        f"{float(best.value):.4g}, at step {step[1]}."
    )
    end = opened + len(entries)
    below = next((line for line in seen.body.lines[end + 1 : end + 4] if line.strip()), "")
    if not below.startswith("These are the results of the last evaluation."):
        behind = seen.body.lines[opened : end + 1]
        yield repair("checkpoint", [InsertLines((text,), behind)], [Sentence(text, (best,))])
        yield question("checkpoint", f"The best {name} was at step {step[1]}.")


def first_evaluation(seen: SeenCard) -> Repairs:
    """An evaluation that stands alone, first in the log."""
    if not seen.makers & {"trainer"} or _list(seen) is not None:
        return
    facts = [f for f in _results(seen) if _alone(f) and isinstance(f.value, float | int)]
    place = next((n for n, line in seen.text_lines("text") if _FIRST.fullmatch(line)), None)
    if not facts or place is None:
        return
    opening = "It achieves the following results on the evaluation set:"
    rows = [f"- {_title(f.about)}: {_rounded(float(str(f.value)))}" for f in facts]
    sentences = [Sentence(row, (fact,)) for row, fact in zip(rows, facts, strict=True)]
    operation = InsertLines((opening, *rows), (seen.body.lines[place],))
    yield repair("first-evaluation", [operation], sentences)


def framework_versions(seen: SeenCard) -> Repairs:
    """A version of the machine that wrote the card, which is not that of the configuration."""
    written = seen.files.value("config.json", "transformers_version")
    if not seen.makers & {"trainer", "trl"} or not isinstance(written, str):
        return
    for _, line in seen.text_lines("text"):
        match = _VERSION.fullmatch(line)
        if match is not None:
            if ".".join(written.split(".")[:2]) != match[1]:
                known = f"The card says Transformers {match[1]}, config.json says {written}."
                yield question("framework-versions", known)
            return


def _list(seen: SeenCard) -> int | None:
    """The line that opens the list of results of a Trainer's card."""
    if not seen.makers & {"trainer"}:
        return None
    return next((n for n, line in seen.text_lines("text") if _OPENS.fullmatch(line)), None)


def _entries(seen: SeenCard, opened: int) -> dict[str, str]:
    entries: dict[str, str] = {}
    for line in seen.body.lines[opened + 1 :]:
        match = _ENTRY.fullmatch(line)
        if match is None:
            break
        entries[match[1].casefold()] = match[2]
    return entries


def _results(seen: SeenCard) -> list[Fact]:
    """Results of the Trainer's log, by the name of the metric alone."""
    return [
        f
        for f in seen.view.facts.named("metric")
        if "," not in f.about
        and any(s.path.endswith("trainer_state.json") and not s.repo for s in f.sources)
    ]


def _alone(fact: Fact) -> bool:
    return any(source.pointer.startswith(_FIRST_ENTRY) for source in fact.sources)


def _is_rounded(shown: str, value: object) -> bool:
    """Whether a number is what stands there, at the digits that stand there."""
    if not isinstance(value, float | int):
        return False
    digits = len(shown.partition(".")[2]) if "e" not in shown else 12
    return abs(float(shown) - value) <= 0.5 * 0.1**digits + 1e-12


def _rounded(value: float) -> str:
    return f"{value:.4f}" if value != int(value) else f"{value:g}"


def _title(about: str) -> str:
    return " ".join(word.capitalize() for word in about.split("_"))
