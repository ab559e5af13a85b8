"""Names and settings that a card repeats, against the files that hold them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from cardiogram.errors import CardiogramError
from cardiogram.lazy import regex
from cardiogram.repository.contradictions.against_files import within
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import (
    Known,
    contradiction,
    number,
    parameters_by_shape,
    source_of,
    sources_of,
)
from cardiogram.repository.fact import Fact
from cardiogram.repository.statements import Statement

_MARKS = {
    "ChatML": "<|im_start|>",
    "Llama 2": "[INST]",
    "Llama 3": "<|start_header_id|>",
    "Gemma": "<start_of_turn>",
    "Zephyr": "<|user|>",
    "Alpaca": "### Instruction",
    "Vicuna": "USER",
    "Phi": "<|end|>",
}
"""What the template of each form of prompts holds."""


def compare_settings(known: Known) -> Iterator[Contradiction]:
    """Keys of configurations with another number than any file has under that key."""
    by_key: dict[str, list[Fact]] = {}
    for fact in known.facts:
        if isinstance(fact.value, int | float) and not isinstance(fact.value, bool):
            pointers = [s.pointer for s in fact.sources if "log_history" not in s.pointer]
            for key in {pointer.rpartition("/")[2] for pointer in pointers} | {fact.about}:
                by_key.setdefault(_plain(key), []).append(fact)
    lines = {s.line for s in known.statements if s.kind != "setting"}
    for statement in known.said("setting"):
        if statement.line in lines:
            continue  # of a kind that is compared by its own rule
        facts = by_key.get(_plain(statement.about), [])
        value = float(str(statement.value))
        if facts and not any(math.isclose(float(str(f.value)), value, rel_tol=0.01) for f in facts):
            yield contradiction(
                statement,
                sources_of(facts),
                f"The card says {statement.about} {number(value)}; "
                f"{_place(facts[0])} says {number(facts[0].value)}.",
                sure=False,
            )


def compare_names(known: Known) -> Iterator[Contradiction]:
    """Special tokens, schedules, precisions and relations to the base model."""
    for kind, what in (
        ("end_token", "the token that ends the output is"),
        ("begin_token", "the token that begins the input is"),
        ("padding_token", "the token that pads is"),
        ("schedule", "the schedule is"),
        ("precision", "the precision of the training is"),
        ("base_relation", "the relation to the base model is"),
    ):
        facts = known.named((kind,), "")
        for statement in known.said(kind):
            if statement.value == "from scratch":
                continue
            if facts and not any(_is_named(statement, fact) for fact in facts):
                yield contradiction(
                    statement,
                    sources_of(facts),
                    f"The card says that {what} {statement.value}; "
                    f"{_place(facts[0])} says {facts[0].value}.",
                    sure=statement.certain and kind != "base_relation",
                )


_PRECISIONS = {
    "F16": frozenset({"fp16", "float16", "amp", "16", "half"}),
    "BF16": frozenset({"bf16", "bfloat16"}),
    "F32": frozenset({"no", "fp32", "float32", "32", "none"}),
}


def _is_named(statement: Statement, fact: Fact) -> bool:
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    mine = _plain(statement.value)
    if statement.kind == "precision":
        words = re.findall(r"[a-z0-9]+", " ".join(map(str, values)).lower())
        meant = _PRECISIONS.get(str(statement.value), frozenset())
        return not meant or bool(meant & set(words))
    if statement.kind == "schedule":
        return any(mine in _plain(value) or _plain(value) in mine for value in values)
    if statement.kind == "base_relation":
        return mine == _plain(values[0]) or "adapter" not in (mine, _plain(values[0]))
    return str(statement.value) in map(str, values)


def compare_label_names(known: Known) -> Iterator[Contradiction]:
    """Names of classes that the configuration does not have."""
    facts = [f for f in known.named(("labels",), "") if isinstance(f.value, list)]
    theirs = {_entity(str(label)) for fact in facts for label in _listed(fact)}
    if not theirs or any(re.fullmatch(r"label\d+", label) for label in theirs):
        return
    for statement in known.said("labels"):
        if statement.about != "names" or not isinstance(statement.value, list):
            continue
        mine = {_entity(str(label)) for label in statement.value}
        if not mine & theirs:
            continue  # described in other words
        strange = sorted(mine - theirs)
        if strange and len(strange) <= len(mine) / 2:
            yield contradiction(
                statement,
                sources_of(facts),
                f"The card names the label {strange[0]!r}; {_place(facts[0])} has no such label.",
                sure=False,
            )


def _listed(fact: Fact) -> list[object]:
    return fact.value if isinstance(fact.value, list) else []


def _entity(label: str) -> str:
    return _plain(re.sub(r"^[BIESLU]-", "", label))


def compare_uses(known: Known) -> Iterator[Contradiction]:
    """Classes of snippets whose head, or whose kind of pipeline, is another than the model's."""
    classes = known.named(("architecture", "pipeline"), "")
    classes = [f for f in classes if isinstance(f.value, str)]
    if len(classes) != 1:
        return
    theirs = str(classes[0].value)
    for statement in known.said("architecture", "code"):
        mine = str(statement.value)
        heads = {_head(mine), _head(theirs)}
        apart = len(heads) == 2 and heads <= _STRICT
        forms = {_pipeline(mine), _pipeline(theirs)}
        if apart or (len(forms) == 2 and "" not in forms):
            yield contradiction(
                statement,
                sources_of(classes),
                f"The snippet loads {mine}; {_place(classes[0])} says {theirs}.",
            )


def compare_pipelines(known: Known) -> Iterator[Contradiction]:
    """A generation of diffusion models that the text names against the pipeline's class."""
    facts = [f for f in known.named(("pipeline",), "") if _pipeline(str(f.value))]
    forms = {"stable-diffusion-xl": "XL", "flux": "Flux"}
    for statement in known.said("architecture"):
        mine = forms.get(str(statement.value), "")
        if facts and mine and mine != _pipeline(str(facts[0].value)):
            yield contradiction(
                statement,
                sources_of(facts),
                f"The card says {statement.value}; {_place(facts[0])} says {facts[0].value}.",
                sure=statement.certain,
            )


def _pipeline(name: str) -> str:
    """The generation that a class of a pipeline is of; "" for none that can be told."""
    if not name.endswith("Pipeline") or name in ("DiffusionPipeline", "Pipeline"):
        return ""
    for mark in ("XL", "Flux", "Diffusion3", "Kandinsky", "PixArt", "Sana"):
        if mark in name:
            return mark
    return "SD" if name.startswith("StableDiffusion") else ""


_STRICT = frozenset(
    {
        *(
            "SequenceClassification",
            "TokenClassification",
            "QuestionAnswering",
            "CausalLM",
            "MaskedLM",
        ),
        *("ImageClassification", "ObjectDetection", "SemanticSegmentation", "AudioClassification"),
        *("CTC", "MultipleChoice"),
    }
)


def _head(name: str) -> str:
    return name.rpartition("For")[2] if "For" in name else ""


def compare_formats(known: Known) -> Iterator[Contradiction]:
    """A form of prompts that is not the template's, where the template's is another known one."""
    templates = [f for f in known.named(("chat_template",), "") if isinstance(f.value, str)]
    if not templates:
        return
    texts = [str(fact.value) for fact in templates]
    known_forms = [name for name, mark in _MARKS.items() if any(mark in text for text in texts)]
    said = [s for s in known.said("chat_template") if isinstance(s.value, str)]
    if not known_forms or any(s.value in known_forms for s in said):
        return
    for statement in said[:1]:
        yield contradiction(
            statement,
            sources_of(templates),
            f"The card shows prompts as of {statement.value}; "
            f"the chat template is as of {known_forms[0]}.",
            sure=False,
        )


def compare_data(known: Known) -> Iterator[Contradiction]:
    """The data set of the metadata against the ones that files or the text name."""
    stated = known.said("dataset", "front matter")
    named = [f for f in known.named(("dataset",)) if isinstance(f.value, str) and "/" in f.value]
    text = [s for s in known.said("dataset") if s.place != "front matter"]
    mine = {_plain(str(s.value).rpartition("/")[2]) for s in stated}
    theirs = {_plain(str(f.value).rpartition("/")[2]) for f in named}
    if stated and theirs and not mine & theirs:
        yield contradiction(
            stated[0],
            sources_of(named),
            f"The metadata say {stated[0].value!r}; {_place(named[0])} says {named[0].value!r}.",
            sure=False,
        )
    for statement in text:
        if mine and _plain(str(statement.value).rpartition("/")[2]) not in mine | theirs:
            yield contradiction(
                statement,
                sources_of(named) or (source_of(stated[0]),),
                f"The text says {statement.value!r}, the metadata say {stated[0].value!r}.",
                sure=False,
            )


def compare_cut(known: Known) -> Iterator[Contradiction]:
    """An input of which a sentence model reads the beginning only."""
    cuts, said = known.cuts, known.said("context")
    forms = [form for f in cuts for form in (str(f.value), f"{f.value:,}")]
    if not cuts or any(re.search(rf"(?<!\d){form}(?!\d)", known.card.text) for form in forms):
        return  # what it says of the network is true, and the cut stands there, too
    for statement in said:
        if not statement.about and statement.low > float(str(cuts[0].value)):
            yield contradiction(
                statement,
                sources_of(cuts),
                f"The card says {number(statement.value)} tokens of input; "
                f"{_place(cuts[0])} cuts after {cuts[0].value}.",
                sure=False,
                value=cuts[0].value,
            )


def compare_rows(known: Known) -> Iterator[Contradiction]:
    """Rows of a data set and its splits against the ones that were counted when it was loaded."""
    facts = [f for f in known.named(("dataset_rows",)) if isinstance(f.value, int)]
    if not known.is_dataset or not facts:
        return
    for statement in known.said("dataset_rows"):
        about = statement.about
        of_it = [f for f in facts if not about or f.about.rpartition(" ")[2] == about]
        whole = [f for f in of_it if f.about == about] or of_it
        sums = {0}
        for fact in [f for f in of_it if f.about][:10]:
            sums |= {each + int(str(fact.value)) for each in sums}
        if not of_it or any(within(statement, each) for each in sums if each):
            continue
        what = f"rows of {about}" if about else "rows"
        theirs = number(whole[0].value)
        yield contradiction(
            statement,
            sources_of(whole),
            f"The card says {number(statement.value)} {what}; dataset_info says {theirs}.",
            sure=statement.unit == "rows" and len(whole) == 1,
            value=whole[0].value,
        )


def compare_examples(known: Known) -> Iterator[Contradiction]:
    """Examples of an evaluation against those that a file counts, or that its data have."""
    facts = [f for f in known.named(("eval_samples",)) if isinstance(f.value, int)]
    rows = known.named(("dataset_rows", "train_samples"))
    for statement in known.said("eval_samples") if facts and not known.is_dataset else ():
        if statement.certain and not any(within(statement, f.value, 0.01) for f in [*facts, *rows]):
            yield contradiction(
                statement,
                sources_of(facts),
                f"The card says {number(statement.value)} examples of the evaluation; "
                f"{facts[0].sources[0].path} says {number(facts[0].value)}.",
                sure=False,
                value=facts[0].value,
            )


def compare_shape(known: Known) -> Iterator[Contradiction]:
    """Parameters against the sizes of the configuration, where no file has weights."""
    if known.named(("parameters", "parameters_declared", "base_parameters", "stored_numbers")):
        return
    counted = parameters_by_shape(known)
    if counted is None:
        return
    low, high, fact = counted
    for statement in known.said("parameters"):
        fits = within(statement, low, 0.25) or within(statement, high, 0.25)
        between = low <= float(str(statement.value)) <= high
        if not (statement.about or fits or between):
            yield contradiction(
                statement,
                sources_of([fact]),
                f"The card says {number(statement.value)} parameters; "
                f"layers of the sizes in {fact.sources[0].path} have about {number(low)}.",
                sure=False,
            )


def compare_columns(known: Known) -> Iterator[Contradiction]:
    """Columns that the card describes and the data do not have."""
    facts = [f for f in known.named(("dataset_columns",)) if isinstance(f.value, list)]
    said = known.said("dataset_columns")
    if not known.is_dataset or not facts or not said:
        return
    theirs = {*_names_below(known.card.metadata.values.get("dataset_info"))}
    strange = [s for s in said if str(s.value) not in theirs]
    if len(strange) > len(said) / 2:
        return  # described in other words
    for statement in strange:
        columns = ", ".join(map(str, _listed(facts[0])))
        yield contradiction(
            statement,
            sources_of(facts),
            f"The card describes the column {statement.value!r}; dataset_info has {columns}.",
            sure=False,
            value=facts[0].value,
        )


def _names_below(value: object) -> Iterator[str]:
    """All names of columns, those inside of others too."""
    if isinstance(value, dict):
        yield str(value.get("name"))
    for part in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]
        if isinstance(part, dict | list):
            yield from _names_below(part)


def compare_merged(known: Known) -> Iterator[Contradiction]:
    """A model that the list of a merge names and its configuration does not."""
    facts = known.named(("merged_model", "base_model"))
    theirs = {_plain(str(fact.value)) for fact in facts}
    merged = known.named(("merged_model",))
    for statement in known.said("merged_model") if merged else ():
        mine = _plain(statement.value)
        if mine not in theirs and mine not in _plain(_configured(known, merged[0])):
            yield contradiction(
                statement,
                sources_of(merged),
                f"The card says that {statement.value} was merged; "
                f"{_place(merged[0])} does not name it.",
                sure=statement.certain,
            )


def _configured(known: Known, fact: Fact) -> str:
    """The configuration of a merge, which may name folders and adapters, too."""
    path = fact.sources[0].path
    try:
        text = known.repository.read(path) if known.repository and path in known.files else b""
    except CardiogramError:
        text = b""
    return text.decode("utf-8", "replace")


def _plain(value: object) -> str:
    return re.sub(r"[\W_]", "", str(value).lower())


def _place(fact: Fact) -> str:
    return fact.sources[0].repo or fact.sources[0].path or "the Hub"


def compare_rates(known: Known) -> Iterator[Contradiction]:
    """A learning rate that the log of the training rules out; schedules only lower it."""
    logged = known.named(("learning_rate_logged",))
    rates = [f for f in logged if isinstance(f.value, int | float) and f.value > 0]
    if not rates or known.named(("learning_rate",), ""):
        return
    highest = max(rates, key=lambda fact: float(str(fact.value)))
    for statement in known.said("learning_rate"):
        rate = float(str(statement.value))
        below = rate * 1.02 < float(str(highest.value))
        if below or rate > _highest_before(highest):
            yield contradiction(
                statement,
                sources_of([highest]),
                f"The card says a learning rate of {number(statement.value)}; "
                f"the log shows {number(highest.value)}.",
                sure=statement.certain and below,
            )


_AT_STEP = regex(r"step (\d{1,12}) of (\d{1,12})\Z")
_MUCH = 3.0
"""How far above a fall that is even or a cosine's a rate may have been, for other schedules."""


def _highest_before(fact: Fact) -> float:
    """The highest rate that may have fallen to the one of the log's step; without steps, any."""
    at = _AT_STEP.match(fact.about)
    done = int(at[1]) / max(1, int(at[2])) if at else 1.0
    if done >= 1:
        return math.inf
    return _MUCH * float(str(fact.value)) / min(1 - done, (1 + math.cos(math.pi * done)) / 2)


def compare_modules(known: Known) -> Iterator[Contradiction]:
    """Layers that the card says an adapter changes."""
    facts = [f for f in known.named(("target_modules",)) if isinstance(f.value, list)]
    for statement in known.said("target_modules"):
        named = statement.value if isinstance(statement.value, list) else []
        theirs = {str(part).rpartition(".")[2] for f in facts for part in _parts(f)}
        if theirs and not set(map(str, named)) <= theirs:
            yield contradiction(
                statement,
                sources_of(facts),
                f"The card says {', '.join(map(str, named))}; "
                f"{facts[0].sources[0].path} says {', '.join(sorted(theirs))}.",
                sure=statement.certain,
            )


def _parts(fact: Fact) -> list[object]:
    return fact.value if isinstance(fact.value, list) else []
