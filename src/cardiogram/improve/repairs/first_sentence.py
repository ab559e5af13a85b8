"""The sentence that the Trainer, TRL and Keras open a card with."""

from __future__ import annotations

import re

from cardiogram.improve.draft import Sentence
from cardiogram.improve.repairs.body_lines import LineSpan
from cardiogram.improve.repairs.seen_card import TRAINERS, Repairs, SeenCard, is_proven
from cardiogram.improve.repairs.template_words import question, repair, template_words
from cardiogram.lazy import regex
from cardiogram.repository import Fact

_SENTENCE = regex(
    r"This model (?P<how>was trained from scratch|is a fine-tuned version of "
    r"\[(?P<base>[^\]\n]{1,200})\]\((?P<link>[^)\n]{1,300})\))"
    r"(?P<on> on (?:(?P<none>an unkn?own dataset)|the (?P<data>[^\n]{1,400}?) datasets?))?\."
    r"(?P<blank>\s*)"
)
_PIPELINE = regex(
    r"(?:This pipeline was finetuned from |The weights were fine-tuned ).{0,300}?\bon "
    r"(?P<all>the (?P<mark>\*{0,2})(?P<data>[^\s*]{1,200})(?P=mark) dataset)"
)
_AND_THE = regex(r", the | and the ")
_SHAPE = ("model_type", "vocab_size", "hidden_size", "num_hidden_layers", "d_model", "n_embd")
_LEAST_SHAPE = 3
_LOCAL = regex(r"^[./~\\]|^\w:[\\/]|\\|\.(?:jsonl?|csv|parquet|txt|tsv|arrow)$")


def first_sentence(seen: SeenCard) -> Repairs:
    """The base and the data that the generator did not know."""
    if not seen.makers & (TRAINERS | {"trl", "axolotl"}):
        return
    for number, line in seen.text_lines("text"):
        match = _SENTENCE.fullmatch(line)
        if match is not None:
            yield from _mended(seen, number, match)
            return


def pipeline_data(seen: SeenCard) -> Repairs:
    """Data that a training script of diffusers calls None or by a place on a disk."""
    if "diffusers" not in seen.makers:
        return
    for number, line in seen.text_lines("text"):
        match = _PIPELINE.search(line)
        if match is None or not _is_no_data(match["data"]):
            continue
        if not seen.data:
            yield question("training-data")
            return
        mark = match["mark"]
        ids = " and ".join(f"the {mark}{fact.value}{mark}" for fact in seen.data)
        text = f"{ids} dataset{'s' * (len(seen.data) > 1)}"
        new = line.replace(match["all"], text, 1)
        (operation,) = seen.body.replaced([(LineSpan(number, number), (new,))])
        said = tuple(fact for fact in seen.data if is_proven(fact))
        yield repair("data-sentence", [operation], [Sentence(text, said)] if said else [])
        return


def _mended(seen: SeenCard, number: int, match: re.Match[str]) -> Repairs:
    how, on = f"This model {match['how']}", match["on"] or ""
    id, proof = "", list[Fact]()
    if _needs_base(seen, match["base"]):
        base = _base(seen, scratch=match["base"] is None)
        if base:
            id, proof = "scratch" if match["base"] is None else "base-sentence", base
            how = f"This model is a fine-tuned version of {_link(str(base[0].value))}"
        else:
            yield question("base-model", _candidates(seen))
    stated = _AND_THE.split(match["data"] or "")
    wrong = [name for name in stated if _is_no_data(name)]
    if on and (match["none"] or wrong):
        kept = [name for name in stated if name and name not in wrong]
        data = [fact for fact in seen.data if fact.value not in kept]
        if data and len(wrong) <= len(data):  # else what is left is not all that it learned from
            id, proof = id or "data-sentence", [*proof, *data]
            on = f" on {_listed([*kept, *(str(fact.value) for fact in data)])}"
        else:
            yield question("training-data")
    if id:
        text = f"{how}{on}."
        line = f"{text}{match['blank']}"
        (operation,) = seen.body.replaced([(LineSpan(number, number), (line,))])
        said = tuple(fact for fact in proof if fact.name != "setting" and is_proven(fact))
        yield repair(id, [operation], [Sentence(text, said)] if said else [])


def _needs_base(seen: SeenCard, base: str | None) -> bool:
    """Whether the generator named none, a place on a disk, or the model itself."""
    return base in (None, "None", seen.id) or _LOCAL.search(str(base)) is not None


def _is_no_data(name: str) -> bool:
    plain = name.strip("`").lower()
    return plain in template_words().loaders or _LOCAL.search(plain) is not None


def _base(seen: SeenCard, *, scratch: bool) -> list[Fact]:
    """The one base that files prove; of a model "from scratch", one whose shape it has, too."""
    bases = {str(fact.value): fact for fact in seen.bases}
    if len(bases) != 1:
        return []
    (base,) = bases.values()
    if not scratch:
        return [base]
    shape = _same_shape(seen, str(base.value))
    return [base, *shape] if shape else []


def _same_shape(seen: SeenCard, id: str) -> list[Fact]:
    """Settings that both configurations share; none where one of them differs."""
    other = seen.files.other(id)
    if other is None:
        return []
    facts = []
    for key in _SHAPE:
        mine, theirs = seen.files.at("config.json", key), other.at("config.json", key)
        if mine is None or theirs is None:
            continue
        if mine.value != theirs.value:
            return []
        facts.append(Fact("setting", mine.value, (mine, theirs), about=key))
    keys = {fact.about for fact in facts}
    whole = {"model_type", "vocab_size"} <= keys and len(facts) >= _LEAST_SHAPE
    return facts if whole else []


def _candidates(seen: SeenCard) -> str:
    ids = [str(fact.value) for fact in seen.named("base_model")]
    return f"The repository names {' and '.join(dict.fromkeys(ids))}." if ids else ""


def _link(id: str) -> str:
    return f"[{id}](https://huggingface.co/{id})"


def _listed(data: list[str]) -> str:
    each = [f"the {name}" for name in data]
    if len(each) == 1:
        return f"{each[0]} dataset"
    return f"{', '.join(each[:-1])} and {each[-1]} datasets"
