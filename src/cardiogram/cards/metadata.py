"""The metadata of a card, and how the Hub's tags stand in for it where a text has lost its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cardiogram.cards.vocabulary import Vocabulary, load_vocabulary
from cardiogram.records import dataclass, field

SIZE_CATEGORIES = (
    "n<1K",
    "1K<n<10K",
    "10K<n<100K",
    "100K<n<1M",
    "1M<n<10M",
    "10M<n<100M",
    "100M<n<1B",
    "1B<n<10B",
    "10B<n<100B",
    "100B<n<1T",
    "n>1T",
    "other",
)
"""Size categories that the Hub's filter knows.

References
----------
The dataset card's specification (datasetcard.md of hub-docs) and `DatasetCardData` of
huggingface_hub 2.4.
"""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a machine reads of a card.

    Attributes
    ----------
    values
        Top-level keys to plain values. Words such as ``no`` stay words: ``language: no`` is
        Norwegian, although YAML 1.1 calls it false.
    lines
        Top-level keys to their line in the card, from 1; empty when read from tags.
    source
        Where the values come from.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    source: str = "none"
    problems: tuple[str, ...] = ()

    def texts(self, key: str) -> list[str]:
        """The values of a key as a flat list of texts, whatever shape the author gave it.

        Examples
        --------
        >>> Metadata({"license": "mit", "language": ["en", "fr"]}).texts("language")
        ['en', 'fr']
        """
        value = self.values.get(key)
        if value is None:
            return []
        if type(value) is str:
            return [value] if value else []
        parts = value if isinstance(value, list) else [value]
        return [str(part) for part in parts if isinstance(part, str | int | float) and part != ""]


def metadata_from_tags(
    tags: Sequence[str], pipeline_tag: str | None = None, library_name: str | None = None
) -> Metadata:
    """Rebuild metadata from the Hub's tags, for dumps whose texts have lost their front matter.

    Examples
    --------
    >>> metadata_from_tags(["transformers", "license:mit", "fr"]).values["license"]
    'mit'
    """
    known = load_vocabulary()
    values: dict[str, str | list[str]] = {}
    for tag in tags:
        name, colon, value = tag.partition(":")
        key = _TAG_KEYS.get(name) if colon else None
        if key:
            id = value.rpartition(":")[2] if key == "base_model" else value
            if id not in (listed := _list_at(values, key)):
                listed.append(id)
        elif name != "region" or not colon:
            _add_plain_tag(values, tag, known)
    if pipeline_tag:
        values["pipeline_tag"] = pipeline_tag
    if library_name:
        values["library_name"] = library_name
    if "license" in values:
        values["license"] = values["license"][0]
    return Metadata(values, source="tags" if values else "none")


def _list_at(values: dict[str, str | list[str]], key: str) -> list[str]:
    listed = values.setdefault(key, [])
    assert isinstance(listed, list)
    return listed


def _add_plain_tag(values: dict[str, str | list[str]], tag: str, known: Vocabulary) -> None:
    """Sort a tag without a key by the Hub's lists."""
    if tag in known.tasks:
        values.setdefault("pipeline_tag", tag)
    elif tag in known.libraries:
        values.setdefault("library_name", tag)
    elif tag in known.languages or tag in ("code", "multilingual"):
        _list_at(values, "language").append(tag)
    elif tag == "model-index":
        values["model-index"] = []
    else:
        _list_at(values, "tags").append(tag)


_TAG_KEYS = {"license": "license", "dataset": "datasets", "base_model": "base_model"}


_DESCRIBING = {"config_name", "default", "description", "data_files", "data_dir"}


def configs_fault(configs: object) -> str:
    """What keeps the Hub from reading `configs`; "" where nothing does.

    Examples
    --------
    >>> configs_fault([{"config_name": "default", "data_files": "data/*.parquet"}])
    ''
    """
    if not isinstance(configs, list) or not configs:
        return "it must be a list of maps"
    for config in configs:
        if not isinstance(config, dict) or not config.get("config_name"):
            return "an entry has no `config_name`"
        files = config.get("data_files") or config.get("data_dir")
        if not files and config.keys() <= _DESCRIBING:  # options of a loader may stand alone
            return "an entry has no `data_files`"
    return ""
