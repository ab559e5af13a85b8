"""What the model is: its task, size, base, and the files that hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.improve.additions.stating import (
    CardVoice,
    LabelledFact,
    is_id,
    is_plain,
    licence_words,
    link,
)
from cardiogram.improve.draft import Sentence
from cardiogram.lazy import regex
from cardiogram.repository import Fact

_LABELS_SHOWN = 20
_GENERIC = regex(r"(?:(?:label|class)[ _-]?)?\d+", re.I)
"""Names of classes that a library gave them, for want of others."""
_TOKENIZER, _SOME_LAYERS = "tokenizer", "some layers"
_WORDLESS = regex(r"(?:image-(?!text)|object|depth|video-(?!text)|audio|automatic-speech)")
_COPIED = "transformers"
"""Its version stays in a configuration that other libraries copy."""
_ORIGINAL = regex(r"the original of ([^,]+), by the card of that copy")


def say_purpose(voice: CardVoice) -> list[Sentence]:
    """What the model does, by its task; nothing for a task that no file names."""
    task, say = voice.task, voice.wording.say
    dimensions = voice.fact("dimensions")
    if task is None or not is_plain(task.value):
        if dimensions is None or not _is_embedder(voice):
            return []
        number = voice.wording.integer(float(str(dimensions.value)))
        return _new(
            voice, Sentence(say("purpose.sentence-similarity", dimensions=number), (dimensions,))
        )
    key = f"purpose.{task.value}"
    labels = voice.fact("labels")
    if key.endswith("-classification") and not key.endswith("tabular-classification"):
        classes = labels.value if labels else None
        if labels is None or not has_labels(voice, labels) or not isinstance(classes, list):
            return _new(voice, Sentence(say("purpose.other", task=str(task.value)), (task,)))
        text = say(key, n=str(len(classes)), labels=", ".join(map(str, classes)))
        return _new(voice, Sentence(text, (labels,)))
    if not voice.wording.has(key) or key == "purpose.sentence-similarity":
        key = "purpose.other"
    purpose = Sentence(say(key, task=str(task.value)), (task,))
    template = voice.fact("chat_template")
    if template is None or template.value is False or task.value != "text-generation":
        return _new(voice, purpose)
    return _new(voice, purpose, Sentence(say("chat"), (template,)))


def _new(voice: CardVoice, *sentences: Sentence) -> list[Sentence]:
    return [each for each in sentences if each.text and not voice.says(each.text)]


def _is_embedder(voice: CardVoice) -> bool:
    return any(f.value == "sentence-transformers" for f in voice.facts("library"))


def identity_rows(voice: CardVoice) -> list[LabelledFact]:
    """What the files say of the model and the card does not."""
    rows = [row for kind in _ROWS for row in kind(voice)]
    rows += version_rows(voice) if voice.audience != "reproducer" else []
    return [row for row in rows if not all(f.name in voice.said for f in row.facts)]


def _architecture(voice: CardVoice) -> Iterator[LabelledFact]:
    for name in ("architecture", "pipeline"):
        fact = voice.fact(name)
        if fact and is_plain(fact.value):
            yield LabelledFact(voice.wording.label(name), str(fact.value), (fact,))
            return
    steps = voice.fact("components")
    if steps and isinstance(steps.value, list) and is_plain(steps.value):
        if voice.says(*map(str, steps.value)):
            return
        yield LabelledFact(
            voice.wording.label("components"), ", ".join(map(str, steps.value)), (steps,)
        )


def lacks_classes(voice: CardVoice) -> bool:
    """Whether files name classes of which the card does not say all."""
    labels, body = voice.fact("labels"), voice.view.card.body
    if labels is None or voice.wording.language != "en" or not has_labels(voice, labels):
        return False
    classes = labels.value if isinstance(labels.value, list) else []
    return not all(str(label) in body for label in classes)


def has_labels(voice: CardVoice, labels: Fact | None) -> bool:
    """Whether classes have names that can stand in a card, and are few enough for a line."""
    classes = labels.value if labels else None
    return (
        isinstance(classes, list)
        and 1 < len(classes) <= _LABELS_SHOWN
        and is_plain(classes)
        and not all(_GENERIC.fullmatch(str(each)) for each in classes)
        and not any("multi_label" in str(f.value) for f in voice.facts("task", "problem"))
    )


def _size(voice: CardVoice) -> Iterator[LabelledFact]:
    wording, fact = voice.wording, voice.fact("parameters")
    if fact and isinstance(fact.value, int):
        yield LabelledFact(wording.label("parameters"), wording.count(fact.value), (fact,))
    adapter = voice.fact("parameters", "adapter")
    if adapter and isinstance(adapter.value, int):
        value = wording.integer(adapter.value)
        yield LabelledFact(wording.label("adapter_parameters"), value, (adapter,))
    dtype = voice.fact("dtype")
    if dtype and isinstance(dtype.value, str) and is_plain(dtype.value):
        yield LabelledFact(wording.label("dtype"), dtype.value, (dtype,))
    size = voice.fact("size")
    several = len(voice.view.facts.named("quantisation")) > 1
    memory = tuple(f for f in voice.view.facts.named("memory") if fact and voice.proves(f))
    sizes = [wording.size(float(str(f.value))) for f in memory]
    if memory:
        said = wording.label("in_bits")
        pairs = zip(memory, sizes, strict=True)
        values = (said.format(size=size, bits=f.about.split()[0]) for f, size in pairs)
        yield LabelledFact(wording.label("memory"), ", ".join(values), memory)
    if size and isinstance(size.value, int) and not several:
        if wording.size(size.value) in sizes:
            return  # the row above says it
        yield LabelledFact(wording.label("size"), wording.size(size.value), (size,))


def _limits(voice: CardVoice) -> Iterator[LabelledFact]:
    wording, task = voice.wording, voice.fact("task")
    reads = task is None or _WORDLESS.match(str(task.value)) is None
    for name in ("context", "sequence_length", "dimensions"):
        fact = voice.fact(name)
        if name != "dimensions" and (not reads or not _is_limit(voice, fact)):
            continue
        if fact and isinstance(fact.value, int):
            value = wording.integer(fact.value)
            value += f" {wording.label('tokens')}" if name != "dimensions" else ""
            yield LabelledFact(wording.label(name), value, (fact,))
    rate = voice.fact("sampling_rate")
    if rate and isinstance(rate.value, int):
        yield LabelledFact(
            wording.label("sampling_rate"), f"{wording.integer(rate.value)} Hz", (rate,)
        )
    image = voice.fact("image_size")
    if image:
        edges = image.value if isinstance(image.value, list) else [image.value, image.value]
        if len(edges) == 2 and all(isinstance(edge, int) for edge in edges):
            yield LabelledFact(wording.label("image_size"), f"{edges[0]} x {edges[1]}", (image,))
    pooling = voice.fact("pooling")
    if pooling and pooling.value in ("mean", "max", "cls"):
        yield LabelledFact(wording.label("pooling"), f"{pooling.value} pooling", (pooling,))


def _is_limit(voice: CardVoice, length: Fact | None) -> bool:
    """Whether a number of tokens is what the model takes; the tokenizer's own limit is none."""
    if length is None or _TOKENIZER in length.note:
        return False
    cuts = [f for f in voice.facts("sequence_length") if _TOKENIZER not in f.note]
    if length.name == "context":  # a sentence model cuts before: the longer of two misleads
        return not cuts and "sequence_length" not in voice.said
    return True


def _adapter(voice: CardVoice) -> Iterator[LabelledFact]:
    for name in ("rank", "lora_alpha", "lora_dropout"):
        fact = voice.fact(name) or voice.fact(name, "adapter")
        if fact and isinstance(fact.value, int | float) and _SOME_LAYERS not in fact.note:
            yield LabelledFact(
                voice.wording.label(name), voice.wording.decimal(fact.value), (fact,)
            )
    modules = voice.fact("target_modules")
    if modules and isinstance(modules.value, list) and is_plain(modules.value):
        value = ", ".join(f"`{name}`" for name in sorted(map(str, modules.value)))
        yield LabelledFact(voice.wording.label("target_modules"), value, (modules,))


def _columns(voice: CardVoice) -> Iterator[LabelledFact]:
    columns = voice.fact("columns")
    if columns and isinstance(columns.value, list) and is_plain(columns.value):
        value = ", ".join(f"`{name}`" for name in columns.value)
        yield LabelledFact(voice.wording.label("columns"), value, (columns,))


def _origin(voice: CardVoice) -> Iterator[LabelledFact]:
    wording = voice.wording
    merged = [f for f in voice.facts("merged_model") if is_id(f.value)]
    bases = [f for f in voice.facts("base_model") if is_id(f.value)]
    if not merged and len(bases) == 1 and voice.is_on_hub(str(bases[0].value)):
        base = str(bases[0].value)
        if base not in voice.named:
            yield LabelledFact(wording.label("base_model"), link(base), (bases[0],))
    elif merged and not all(str(f.value) in voice.named for f in merged):
        value = ", ".join(link(str(f.value)) for f in merged)
        yield LabelledFact(wording.label("merged_model"), value, tuple(merged))
    copies = {match[1] for f in bases if (match := _ORIGINAL.match(f.note))}
    licences = [
        (f.about, words, own)
        for f in voice.view.facts.named("base_licence")
        if is_id(f.about) and f.about not in copies
        for words, own in [licence_words(voice, f)]
        if words
    ]
    single = len(licences) == 1 >= len(voice.view.card.metadata.texts("base_model"))
    value = ", ".join(f"{w} ({link(id)})" if not single else w for id, w, _ in licences)
    if value:
        own = tuple(fact for *_, facts in licences for fact in facts)
        yield LabelledFact(wording.label("base_licence"), value, own)


def _related(voice: CardVoice) -> Iterator[LabelledFact]:
    for name, of in (("demo", "spaces/"), ("quantised_version", "")):
        facts = [f for f in voice.facts(name) if is_id(f.value)][:5]
        facts = [f for f in facts if str(f.value) not in voice.named]
        if facts:
            value = ", ".join(link(str(f.value), of) for f in facts)
            yield LabelledFact(voice.wording.label(name), value, tuple(facts))


def version_rows(voice: CardVoice) -> list[LabelledFact]:
    """Versions of libraries that files name and the card does not."""
    libraries = {str(f.value) for f in voice.view.facts.named("library")}
    versions = [
        f
        for f in voice.view.facts.named("library_version")
        if voice.proves(f) and is_plain(f.value) and is_plain(f.about)
        if not voice.says(str(f.value)) and (f.about != _COPIED or f.about in libraries)
    ]
    if not versions:
        return []
    value = ", ".join(f"{f.about} {f.value}" for f in versions[:6])
    return [LabelledFact(voice.wording.label("library_version"), value, tuple(versions[:6]))]


_ROWS = (_architecture, _size, _limits, _columns, _adapter, _origin, _related)


def file_rows(voice: CardVoice) -> list[tuple[str, str, str, Sentence]]:
    """GGUF files with their quantisation and size, where the card lists none."""
    facts = voice.view.facts
    rows = []
    for fact in facts.named("quantisation"):
        size = next(iter(facts.named("size", fact.about)), None)
        if not fact.about.endswith(".gguf") or size is None or not is_plain(fact.about):
            continue
        written = voice.wording.size(float(str(size.value)))
        line = f"| {fact.about} | {fact.value} | {written} |"
        rows.append((fact.about, str(fact.value), written, Sentence(line, (fact, size))))
    return rows
