"""The model that this one was made from, wherever a file names it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, How, Value
from cardiogram.repository.facts.accord import accord, text
from cardiogram.repository.facts.repository_files import CARD, FactFunction, Files
from cardiogram.repository.facts.weights import adapter_configs, is_quantised, model_headers

_ID = regex(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")
_URL = regex(r"^https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?!datasets/|spaces/)")
_LOCAL = regex(
    r"^[./~\\]|^\w:|\\|(^|/)(outputs?|checkpoints?|ckpts?|results?|saves?|runs?|models?|tmp|data|"
    r"workspace|content|drive|root|home|mnt|exps?|experiments?|weights|cache)/|/(checkpoint|step|"
    r"epoch|global_step)[-_]?\d+$|^(model|output|results?|checkpoint|snapshot)$",
    re.IGNORECASE,
)
_COPY = regex(r"-(unsloth-)?bnb-[48]bit$", re.IGNORECASE)
_FILES = ("training_args.yaml", "train_config.yaml", "config.yaml", "*axolotl*.y*ml", "*sft*.yaml")
_MERGES = ("mergekit_config.yml", "mergekit_config.yaml")


def base_models(files: Files) -> Iterator[Fact]:
    """Models that this one was made from, by the names that they bear today."""
    in_files, in_card = _group(files, _named_by_files(files)), _group(files, _named_by_card(files))
    if in_files and not (in_files.keys() & in_card.keys()):
        in_card = {id: s for id, s in in_card.items() if _are_kin(files, id, in_files)}
    for id in dict.fromkeys((*in_files, *in_card)):
        sources = (*in_files.get(id, ()), *in_card.get(id, ()))
        note = "" if id in in_files else "named by the card, by no file"
        original = _original(files, id)
        if original is not None:
            yield from original
            note = "a quantised copy that the adapter was trained on"
        how: How = "read" if any(source.value == id for source in sources) else "computed"
        yield Fact("base_model", id, tuple(sources), how=how, note=note)


def base_relation(files: Files) -> Iterator[Fact]:
    """How it was made from them, where files show it: adapter, merge, quantized."""
    source = files.at(CARD, "base_model_relation")
    if source is not None and isinstance(source.value, str):
        yield Fact("base_relation", source.value, (source,))
    for relation, sources in _relations(files):
        if sources:
            yield Fact("base_relation", relation, sources, how="computed")
            return


def revision(files: Files) -> Iterator[Fact]:
    """The revision of the base that an adapter was trained on."""
    for path in adapter_configs(files).values():
        yield from accord("base_revision", files.all_at((path, "revision")), read=text)


def _relations(files: Files) -> Iterator[tuple[str, tuple[FactSource, ...]]]:
    yield (
        "adapter",
        files.all_at(*((path, "peft_type") for path in adapter_configs(files).values())),
    )
    yield "merge", files.all_at(*((path, "merge_method") for path in _MERGES))
    headers = model_headers(files)
    keys = [(p, "general.file_type") for p, h in headers.items() if "general.file_type" in h.values]
    yield "quantized", tuple(files.header(p, key, headers[p].values[key]) for p, key in keys)
    if is_quantised(files):
        yield "quantized", files.all_at(("config.json", "quantization_config", "quant_method"))


def _named_by_files(files: Files) -> Iterator[FactSource]:
    places: list[tuple[str, ...]] = []
    places += [(path, "base_model_name_or_path") for path in adapter_configs(files).values()]
    places += [(path, "base_model") for path in _MERGES]
    for path in files.paths(*_FILES):
        places += [(path, "model_name_or_path"), (path, "base_model")]
    places += [("config.json", side, "_name_or_path") for side in ("encoder", "decoder")]
    places += [("gliner_config.json", "model_name")]
    places += [("config.json", "_name_or_path"), ("model_index.json", "_name_or_path")]
    for place in places:
        yield from files.all_at(place)
    copy = files.in_info("config", "peft", "base_model_name_or_path")
    yield from [] if copy is None else [copy]
    for path, header in model_headers(files).items():
        for key in ("general.base_model.{}.repo_url", "general.source.huggingface.repository"):
            for number in range(8):
                value = header.values.get(key.format(number))
                if isinstance(value, str):
                    yield files.header(path, key.format(number), value)
                if "{}" not in key:
                    break


def _named_by_card(files: Files) -> Iterator[FactSource]:
    value = files.front.get("base_model")
    if isinstance(value, list):
        yield from files.all_at(*((CARD, "base_model", number) for number in range(len(value))))
    elif value is not None:
        yield from files.all_at((CARD, "base_model"))


def _group(files: Files, sources: Iterator[FactSource]) -> dict[str, list[FactSource]]:
    """Sources by the present name of the repository that they name."""
    made: dict[str, list[FactSource]] = {}
    for source in sources:
        id = _present_id(files, source.value)
        if id and id != files.repository.id:
            made.setdefault(id, []).append(source)
    return made


def _present_id(files: Files, value: Value) -> str:
    """The id that the Hub has today; "" for a local path and for what the Hub has not."""
    words = _URL.sub("", value.strip()).strip("/") if isinstance(value, str) else ""
    if not _ID.fullmatch(words) or _LOCAL.search(words):
        return ""
    other = files.other(words)
    if other is not None:
        return other.repository.id or words
    return "" if files.is_missing(words) or "/" not in words else words


def _original(files: Files, id: str) -> list[Fact] | None:
    """What a 4-bit copy is a copy of, by the copy's own card."""
    copy = files.other(id) if _COPY.search(id) else None
    if copy is None:
        return None
    note = f"the original of {id}, by the card of that copy"
    facts = []
    for source in _named_by_card(copy):
        name = _present_id(files, source.value)
        if name:
            facts.append(Fact("base_model", name, (source,), note=note))
    return facts


def _are_kin(files: Files, id: str, others: dict[str, list[FactSource]]) -> bool:
    """Whether one of two models names the other as its base, so that both are true."""
    for other in others:
        for child, parent in ((id, other), (other, id)):
            contents = files.other(child)
            named = _named_by_card(contents) if contents is not None else ()
            if parent in {_present_id(files, source.value) for source in named}:
                return True
    return False


FUNCTIONS: tuple[FactFunction, ...] = (base_models, base_relation, revision)
