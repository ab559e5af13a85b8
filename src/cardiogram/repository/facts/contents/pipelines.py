"""Pipelines of diffusers: class, components, scheduler, sizes of latents and pictures."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.repository.fact import Fact, FactSource, Value
from cardiogram.repository.facts.accord import accord, text, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.weights import count_of, weight_files

INDEXES = ("model_index.json", "modular_model_index.json")
_DENOISERS = ("unet", "transformer", "prior", "decoder")


def _index(files: Files) -> str:
    return next((path for path in INDEXES if path in files), INDEXES[0])


def components(files: Files) -> dict[str, str]:
    """Class of each component by its name; an empty place, ``[null, null]``, is none."""
    made = {}
    for name, value in files.mapping(_index(files)).items():
        if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str):
            made[name] = value[1]
    return made


def pipeline(files: Files) -> Iterator[Fact]:
    """The class of the pipeline."""
    sources = [
        files.at(_index(files), "_class_name"),
        files.in_info("config", "diffusers", "_class_name"),
    ]
    yield from accord("pipeline", sources, read=text)


def parts(files: Files) -> Iterator[Fact]:
    """The components and their classes; each class for itself, too."""
    made = components(files)
    if made:
        sources = files.all_at(*((_index(files), name, 1) for name in made))
        yield Fact("components", {**made}, sources, how="computed")
    for name, kind in made.items():
        path = f"{name}/config.json"
        places = files.all_at(
            (_index(files), name, 1), (path, "_class_name"), (path, "architectures", 0)
        )
        same = tuple(place for place in places if place.value == kind)
        yield Fact("architecture", kind, same, about=name)


def scheduler(files: Files) -> Iterator[Fact]:
    """The class of the scheduler, and what it predicts."""
    path = "scheduler/scheduler_config.json"
    sources = files.all_at((_index(files), "scheduler", 1), (path, "_class_name"))
    yield from accord("scheduler", sources, read=text)
    for key in ("prediction_type", "num_train_timesteps", "beta_schedule"):
        yield from accord("scheduler_setting", files.all_at((path, key)), about=key)


def sizes(files: Files) -> Iterator[Fact]:
    """Height and width of latents, and of pictures: those times the factor of the VAE."""
    for name in _DENOISERS:
        sources = files.all_at((f"{name}/config.json", "sample_size"))
        yield from accord("latent_size", sources, unit="latents", about="", read=_size)
        factor, proof = _vae_factor(files)
        for source in sources:
            size = whole(source.value)
            if size and factor and proof is not None:
                yield Fact("image_size", size * factor, (source, proof), "pixels", "", "computed")
        patch = files.all_at((f"{name}/config.json", "patch_size"))
        yield from accord("patch_size", patch, unit="latents", about=name, read=_size)
    vae = files.all_at(("vae/config.json", "sample_size"))
    yield from accord("image_size", vae, unit="pixels", about="vae", read=_size)


def text_encoders(files: Files) -> Iterator[Fact]:
    """Tokens of a prompt that each text encoder reads."""
    for name in components(files):
        if not name.startswith("text_encoder"):
            continue
        tokenizer = name.replace("text_encoder", "tokenizer")
        sources = files.all_at(
            (f"{name}/config.json", "max_position_embeddings"),
            (f"{tokenizer}/tokenizer_config.json", "model_max_length"),
        )
        yield from accord("context", sources, unit="tokens", about=name, read=_limit)


def safety_checker(files: Files) -> Iterator[Fact]:
    """Whether the pipeline asks for a safety checker."""
    sources = [files.at(_index(files), "requires_safety_checker")]
    yield from accord("safety_checker", sources, read=lambda v: v if isinstance(v, bool) else None)


def all_parameters(files: Files) -> Iterator[Fact]:
    """Parameters of all components together."""
    made = components(files)
    sources: list[FactSource] = []
    total = 0
    for weights in weight_files(files):
        if weights.about in made and weights.headers:
            count = count_of(files, weights)
            if not count.known:
                return
            total += count.counted
            headers = len(weights.shards)
            sources.append(files.counted(weights.path, "parameters", count.stored, headers))
    if len(sources) > 1:
        yield Fact("parameters", total, tuple(sources), "parameters", "all components", "computed")


def _vae_factor(files: Files) -> tuple[int, FactSource | None]:
    for key in ("block_out_channels", "down_block_types"):
        proof = files.at("vae/config.json", key)
        if proof is not None and isinstance(proof.value, list) and proof.value:
            return 2 ** (min(len(proof.value), 8) - 1), proof
    return 0, None


def _size(value: Value) -> Value:
    if isinstance(value, list) and value and all(whole(_plain(side)) for side in value):
        return value[0] if len(set(map(str, value))) == 1 else value  # type: ignore[return-value]
    return whole(value) if not isinstance(value, list) else None


def _plain(value: object) -> Value:
    return value if isinstance(value, int | float) else None


def _limit(value: Value) -> int | None:
    number = None if isinstance(value, list) else whole(value)
    return number if number is not None and number < 10**9 else None


FUNCTIONS: tuple[FactFunction, ...] = (
    pipeline,
    parts,
    scheduler,
    sizes,
    text_encoders,
    safety_checker,
    all_parameters,
)
