"""LoRA and other adapters of PEFT: rank, alpha, the layers that they change."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, Value
from cardiogram.repository.facts.accord import accord, text, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.weights.weight_files import weight_files

CONFIG = "adapter_config.json"
_ASIDE = regex(r"(^|/)(checkpoint-\d+|\.[^/]*)/")
_DOWN = regex(r"\.lora_A\.|\.lora_embedding_A|lora_down\.|lora\.down\.")


_FORMS = {"use_dora": "DoRA", "use_rslora": "rsLoRA", "use_qalora": "QALoRA"}


def adapter_configs(files: Files) -> dict[str, str]:
    """Configurations of adapters by what they are of: "" or a folder."""
    paths = [path for path in files.paths(CONFIG, f"*/{CONFIG}") if not _ASIDE.search(path)]
    return {posixpath.dirname(path): path for path in paths if files.at(path, "peft_type")}


def method(files: Files) -> Iterator[Fact]:
    """The kind of adapter: LORA, with DoRA or rank-stabilised where it says so."""
    for about, path in adapter_configs(files).items():
        kinds = [files.at(path, "peft_type")]
        yield from accord("method", kinds, about=about or "adapter", read=text)
        for key, name in _FORMS.items():
            if files.value(path, key) is True:
                source = files.all_at((path, key))
                yield Fact("method", name, source, about=about or "adapter", how="computed")


def rank(files: Files) -> Iterator[Fact]:
    """The rank, and those that single layers have in its place."""
    for about, path in adapter_configs(files).items():
        other = files.mapping(path, "rank_pattern")
        note = "some layers have ranks of their own" if other else _seen(files, path)
        sources = files.all_at((path, "r"))
        yield from accord("rank", sources, about=about, note=note, read=whole)
        for name in other:
            own = files.all_at((path, "rank_pattern", name))
            yield from accord("rank", own, about=name, note="of these layers", read=whole)


def scale(files: Files) -> Iterator[Fact]:
    """Alpha and dropout."""
    for about, path in adapter_configs(files).items():
        note = (
            "some layers have an alpha of their own" if files.mapping(path, "alpha_pattern") else ""
        )
        for name in ("lora_alpha", "lora_dropout"):
            sources = files.all_at((path, name))
            yield from accord(name, sources, about=about, note=note, read=_number)
            note = ""


def target_modules(files: Files) -> Iterator[Fact]:
    """Layers that the adapter changes, and those that it holds whole."""
    for about, path in adapter_configs(files).items():
        sources = files.all_at((path, "target_modules"))
        yield from accord("target_modules", sources, about=about, read=_names)
        tables = files.all_at((path, "target_parameters"))
        yield from accord("target_modules", tables, about="parameters", read=_names)
        whole_ones = files.all_at((path, "modules_to_save"))
        note = "saved whole, beside the adapter's own weights"
        yield from accord("saved_modules", whole_ones, about=about, note=note, read=_names)


def task(files: Files) -> Iterator[Fact]:
    """The task that the adapter was made for, in the words of PEFT."""
    for about, path in adapter_configs(files).items():
        sources = [files.at(path, "task_type"), files.in_info("config", "peft", "task_type")]
        yield from accord("task", sources, about=about or "adapter", read=text)


def prompt_tokens(files: Files) -> Iterator[Fact]:
    """Tokens that prompt tuning and prefix tuning learn."""
    for about, path in adapter_configs(files).items():
        sources = files.all_at((path, "num_virtual_tokens"))
        yield from accord("virtual_tokens", sources, unit="tokens", about=about, read=whole)


def ranks_in_headers(files: Files, folder: str) -> set[int]:
    """Ranks that the shapes of an adapter's weights show."""
    return {
        tensor.shape[0]
        for weights in weight_files(files)
        if weights.kind != "model" and posixpath.dirname(weights.path) == folder
        for tensor in weights.tensors
        if _DOWN.search(tensor.name) and len(tensor.shape) >= 2
    }


def _seen(files: Files, path: str) -> str:
    """A note where the weights have another rank than the configuration states."""
    ranks = ranks_in_headers(files, posixpath.dirname(path))
    if ranks and whole(_plain(files.value(path, "r"))) not in ranks:
        return "the weights have rank " + ", ".join(str(rank) for rank in sorted(ranks)[:5])
    return ""


def _plain(value: object) -> Value:
    return value if isinstance(value, int) else None


def _number(value: Value) -> Value:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def _names(value: Value) -> Value:
    if isinstance(value, list):
        return value if value and all(isinstance(name, str) for name in value) else None
    return text(value)


FUNCTIONS: tuple[FactFunction, ...] = (
    method,
    rank,
    scale,
    target_modules,
    task,
    prompt_tokens,
)
