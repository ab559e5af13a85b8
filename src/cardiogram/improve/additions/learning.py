"""What it learned from and how: data, settings, quantisation, results."""

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
    quotes,
)
from cardiogram.improve.draft import Sentence
from cardiogram.lazy import regex
from cardiogram.repository import Fact

_ORDERED = regex(r"\b(?:act|desc)[-_ ]?(?:order|act)\b", re.IGNORECASE)
_OF_DATA = regex(
    r"\b(?:data|data ?sets?|corpus|corpora|texts?|examples?|pairs?|sentences?|articles?|books?"
    r"|wikipedia|web|crawl\w*|images?|pictures?|photo\w*|recordings?|hours?|speech|conversations?"
    r"|documents?|tokens|annotat\w+|collected|scraped|rows|pages|questions?|answers?|messages?"
    r"|instructions?|daten\w*|texte\w*|korpus|paare\w*|sätze\w*|bilder\w*|stunden|inspelningar)\b",
    re.IGNORECASE,
)
"""Words for what a model learns from."""
_SETTINGS = (
    "learning_rate",
    "schedule",
    "warmup_steps",
    "batch_size",
    "accumulation",
    "epochs",
    "steps",
    "optimizer",
    "precision",
    "cutoff",
    "seed",
    "train_samples",
    "train_loss",
    "training_seconds",
)
_HYPER = ("warmup_ratio", "weight_decay", "max_grad_norm", "finetuning_type", "neftune_noise_alpha")


def data_sets(voice: CardVoice) -> list[str]:
    """Data sets of the model of which their own cards say something."""
    ids = [str(f.value) for f in voice.view.facts.named("dataset") if is_id(f.value)]
    return [id for id in dict.fromkeys(ids) if voice.is_on_hub(id, "dataset")][:3]


def data_rows(voice: CardVoice, id: str) -> list[LabelledFact]:
    """What is known of a data set."""
    facts, wording = voice.view.facts, voice.wording
    rows = []
    for licence in facts.named("dataset_licence", id)[:1]:
        words, own = licence_words(voice, licence)
        if words:
            rows.append(LabelledFact(wording.label("dataset_licence"), words, own))
    counts = [
        (f, f.about.removeprefix(f"{id} "))
        for f in facts.named("dataset_rows")
        if f.about.startswith(f"{id} ") and isinstance(f.value, int) and is_plain(f.about)
    ]
    if counts:
        value = ", ".join(f"{wording.integer(int(str(f.value)))} ({split})" for f, split in counts)
        rows.append(LabelledFact(wording.label("dataset_rows"), value, tuple(f for f, _ in counts)))
    for name in ("dataset_columns", "dataset_language"):
        fact = next(iter(facts.named(name, id)), None)
        if fact and isinstance(fact.value, list) and is_plain(fact.value) and len(fact.value) < 30:
            rows.append(LabelledFact(wording.label(name), ", ".join(map(str, fact.value)), (fact,)))
    if rows:
        label, value, own = rows[0]
        rows[0] = LabelledFact(f"{label} {link(id, 'datasets/')}", value, own)
    return rows


def data_quotes(voice: CardVoice, ids: list[str]) -> list[Sentence]:
    """What the cards of the data sets say of their origin."""
    named = (f for id in ids for f in voice.view.facts.named("dataset_words", id))
    facts = [f for f in named if f.note == "on its data"]
    return [Sentence(*said) for said in quotes(voice, "says.data", "datasets/", facts)]


def base_quotes(voice: CardVoice, subject: str) -> list[Sentence]:
    """What the cards of the base models say of their data, or of their limits."""
    own = {str(f.value) for f in voice.view.facts.named("base_model")}
    own |= {str(f.value) for f in voice.view.facts.named("merged_model")}
    facts = [
        f
        for f in voice.view.facts.named("base_words")
        if f.note == f"on its {subject}" and f.about in own
        if subject != "data" or _OF_DATA.search(str(f.value))
    ]
    return [Sentence(*said) for said in quotes(voice, "says.base", "", facts)]


def setting_rows(voice: CardVoice) -> list[LabelledFact]:
    """Settings of the training that files have and the card has not."""
    rows = []
    runs = len({f.about for f in voice.view.facts.named("steps")})
    for name in _SETTINGS:
        fact = voice.fact(name)
        if fact is None or name in voice.said:
            continue
        if runs > 1 and all(s.path.endswith("trainer_state.json") for s in fact.sources):
            continue  # of one run of several: nobody knows which one made the weights
        value = _setting(voice, name, fact)
        if value:
            rows.append(LabelledFact(voice.wording.label(name), value, (fact,)))
    for fact in voice.view.facts.named("hyperparameter"):
        if fact.about in _HYPER and voice.proves(fact) and is_plain(fact.value):
            rows.append(LabelledFact(f"`{fact.about}`", str(fact.value), (fact,)))
    return rows


def _setting(voice: CardVoice, name: str, fact: Fact) -> str:
    wording, value = voice.wording, fact.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value) if isinstance(value, str) and is_plain(value) else ""
    if name == "learning_rate":
        return f"{value:g}"
    if name == "training_seconds":
        return f"{wording.integer(value)} {wording.label('seconds')}"
    if name == "cutoff":
        return f"{wording.integer(value)} {wording.label('tokens')}"
    if name == "train_loss":
        return wording.decimal(value, 4)
    if name in ("seed", "batch_size"):
        return f"{value:.0f}"
    return wording.integer(value) if float(value).is_integer() else wording.decimal(value, 4)


def say_quantised(voice: CardVoice) -> list[Sentence]:
    """With what, and to how many bits, the weights are quantised."""
    method, bits = voice.fact("method", "quantisation"), voice.fact("bits")
    spelling = {"gptq": "GPTQ", "awq": "AWQ", "bitsandbytes": "bitsandbytes", "hqq": "HQQ"}
    name = spelling.get(str(method.value) if method else "")
    if method is None or bits is None or name is None:
        return []
    text = voice.wording.say("quantised", method=name, bits=str(bits.value))
    return [Sentence(text, (bits, method))] if text else []


def quantised_rows(voice: CardVoice) -> list[LabelledFact]:
    """Settings of the quantisation."""
    rows = []
    for name in ("group_size", "act_order"):
        fact = voice.fact(name)
        if fact is not None and not (name == "act_order" and _ORDERED.search(voice.view.card.body)):
            rows.append(LabelledFact(voice.wording.label(name), _yes(fact.value), (fact,)))
    for fact in voice.view.facts.named("quantisation_setting"):
        if voice.proves(fact) and is_plain(fact.value) and is_plain(fact.about):
            rows.append(LabelledFact(f"`{fact.about}`", _yes(fact.value), (fact,)))
    return rows


def _yes(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def result_rows(voice: CardVoice) -> Iterator[LabelledFact]:
    """Results of which a file names the data; a number without its data is not written."""
    for name in ("metric", "eval_result"):
        facts = voice.view.facts.named(name)
        twice = {f.about for f in facts for g in facts if f.about == g.about and f.value != g.value}
        for fact in facts:
            value, note = fact.value, fact.note if name == "eval_result" else ""
            named = ", " in fact.about and (fact.note == "" or name == "eval_result")
            if isinstance(value, bool) or not isinstance(value, int | float) or not named:
                continue
            if fact.about in twice:
                continue  # measured in two ways that nothing tells apart
            if voice.proves(fact) and is_plain(fact.about) and (not note or is_plain(note)):
                written = voice.wording.decimal(value, 4)
                shots = voice.facts("result_shots", fact.about.partition(", ")[2])
                given = shots[0].value if len(shots) == 1 else 0
                label = fact.about + f" ({given}-shot)" * bool(given)
                own = (fact, *(shots if given else ()))
                yield LabelledFact(label, written + f" ({note})" * bool(note), own)
