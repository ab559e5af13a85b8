"""What a model of pictures or sound takes in: sizes, normalisation, sampling rate, window."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.repository.fact import Fact, FactSource, Value
from cardiogram.repository.facts.accord import accord, text, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files

CONFIG = "config.json"
_IMAGE_HOMES: tuple[tuple[str, ...], ...] = (
    ("preprocessor_config.json",),
    ("processor_config.json", "image_processor"),
    ("image_processor_config.json",),
)
"""In transformers 5 processor_config.json holds what preprocessor_config.json held."""
_SOUND_HOMES: tuple[tuple[str, ...], ...] = (
    ("preprocessor_config.json",),
    ("processor_config.json", "feature_extractor"),
    (CONFIG,),
    (CONFIG, "audio_config"),
)
_TIMM = (CONFIG, "pretrained_cfg")


def image_size(files: Files) -> Iterator[Fact]:
    """Pixels that the model sees: the crop where pictures are cropped, else the size."""
    if _is_timm(files):
        sources = list(files.all_at((*_TIMM, "input_size"), (CONFIG, "input_size")))
        yield from accord("image_size", sources, unit="pixels", read=_without_channels)
        test = files.all_at((*_TIMM, "test_input_size"))
        yield from accord("image_size", test, unit="pixels", about="test", read=_without_channels)
        return
    places = [(CONFIG,), (CONFIG, "vision_config")]
    stated = [s for place in places for s in files.all_at((*place, "image_size"))]
    prepared = [s for home in _IMAGE_HOMES for s in _prepared(files, home)]
    yield from accord("image_size", [*stated, *prepared], unit="pixels", read=_side)
    for home in _IMAGE_HOMES:
        for key in ("shortest_edge", "longest_edge"):
            edge = files.all_at((*home, "size", key))
            note = "before cropping; an edge, not both sides"
            yield from accord("image_size", edge, unit="pixels", about=key, note=note, read=whole)


def patch_size(files: Files) -> Iterator[Fact]:
    """Pixels of a patch."""
    sources = files.all_at((CONFIG, "patch_size"), (CONFIG, "vision_config", "patch_size"))
    yield from accord("patch_size", sources, unit="pixels", read=_side)


def normalisation(files: Files) -> Iterator[Fact]:
    """Mean and deviation that pixels are normalised by."""
    for name, keys in (("image_mean", ("image_mean", "mean")), ("image_std", ("image_std", "std"))):
        homes = (_TIMM,) if _is_timm(files) else _IMAGE_HOMES
        sources = [s for home in homes for key in keys for s in files.all_at((*home, key))]
        yield from accord(name, sources, read=lambda v: v if isinstance(v, list) else None)


def sound(files: Files) -> Iterator[Fact]:
    """Samples a second, bins of the spectrogram, and the seconds that are read at once."""
    for name, keys, unit in (
        ("sampling_rate", ("sampling_rate", "sample_rate", "audio_sample_rate"), "hertz"),
        ("mel_bins", ("num_mel_bins", "feature_size", "n_mels"), ""),
    ):
        sources = [s for home in _SOUND_HOMES for k in keys for s in files.all_at((*home, k))]
        if name == "mel_bins" and not files.facts(_rate):
            continue
        yield from accord(name, sources, unit=unit, read=_several)
    for home in _SOUND_HOMES[:2]:
        yield from accord(
            "window", files.all_at((*home, "chunk_length")), unit="seconds", read=_positive
        )


def timm(files: Files) -> Iterator[Fact]:
    """What timm states: width of the features, and the pretrained weights' own settings."""
    if not _is_timm(files):
        return
    features = files.all_at((CONFIG, "num_features"))
    yield from accord("dimensions", features, unit="dimensions", note="of a feature", read=whole)
    licence = files.all_at((*_TIMM, "license"))
    yield from accord("licence", licence, about="pretrained_cfg", read=text)
    number = files.all_at((CONFIG, "num_classes"), (*_TIMM, "num_classes"))
    yield from accord("classes", number[:1], unit="classes", read=whole)
    for key in ("interpolation", "crop_pct", "tag", "first_conv", "pool_size"):
        yield from accord("image_setting", files.all_at((*_TIMM, key)), about=key, read=_setting)
    library = files.all_at((CONFIG, "pretrained_cfg", "architecture"), (CONFIG, "architecture"))
    if library:
        yield Fact("library", "timm", library[-1:], how="computed")


def _rate(files: Files) -> Iterator[Fact]:
    sources = [s for home in _SOUND_HOMES for s in files.all_at((*home, "sampling_rate"))]
    yield from accord("sampling_rate", sources, read=whole)


def _is_timm(files: Files) -> bool:
    return bool(files.mapping(*_TIMM)) and isinstance(files.value(CONFIG, "architecture"), str)


def _prepared(files: Files, home: tuple[str, ...]) -> list[FactSource]:
    cropped = files.value(*home, "do_center_crop") is not False and files.at(*home, "crop_size")
    place = (*home, "crop_size" if cropped else "size")
    height, width = files.at(*place, "height"), files.at(*place, "width")
    if height is not None and width is not None and height.value == width.value:
        return [height]
    return list(files.all_at(place))


def _side(value: Value) -> Value:
    """One number for a square, height and width for anything else."""
    if isinstance(value, dict):
        sides = [value.get("height"), value.get("width")]
        return _side(list(sides)) if None not in sides else None
    if isinstance(value, list):
        known = [side for side in value if isinstance(side, int) and side > 0]
        if len(known) != len(value) or len(value) != 2:
            return None
        return known[0] if known[0] == known[1] else list(known)
    return whole(value)


def _without_channels(value: Value) -> Value:
    return _side(value[1:]) if isinstance(value, list) and len(value) == 3 else None


def _several(value: Value) -> int | None:
    number = None if isinstance(value, list | dict | str) else whole(value)
    return number if number is not None and number > 1 else None


def _positive(value: Value) -> Value:
    good = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return value if good else None


def _setting(value: Value) -> Value:
    return text(value) if isinstance(value, str) else value


FUNCTIONS: tuple[FactFunction, ...] = (image_size, patch_size, normalisation, sound, timm)
