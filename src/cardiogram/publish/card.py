"""The dataset's card: a template filled with plain values that nothing from outside can leave."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any

import yaml

from cardiogram.judge import load_rubric
from cardiogram.names import DATA
from cardiogram.publish.about import About, JudgeUse
from cardiogram.publish.changes import Revision
from cardiogram.publish.planned import format_bytes
from cardiogram.publish.published_columns import OWN_WORDS, describe_columns, features
from cardiogram.publish.tables import Config
from cardiogram.text import parse_toml

_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
)
_ROWS_SHOWN = 12

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_MARKS = re.compile(r"([\\`*_\[\]<>#|~&])")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class CardInput:
    """Everything that the card says.

    Attributes
    ----------
    license
        Id of the dataset's own licence.
    history
        Revisions, oldest first, with the one that this card belongs to.
    """

    repo_id: str
    license: str
    about: About
    configs: tuple[Config, ...]
    history: tuple[Revision, ...]
    version: str

    @property
    def name(self) -> str:
        """The dataset's name for reading."""
        return self.repo_id.partition("/")[2].replace("-", " ").replace("_", " ")

    @property
    def has_texts(self) -> bool:
        """Whether card texts are in it."""
        return any(config.name == "cards" for config in self.configs)


def render_card(card: CardInput) -> str:
    """README.md of the dataset; the same values give the same bytes."""
    about, revision = card.about, card.history[-1].name
    owner, _, name = card.repo_id.partition("/")
    first, last = about.days
    words = _words()
    return Template((DATA / "published-card.md").read_text("utf-8")).substitute(
        metadata=_metadata(card),
        title=escape(card.name),
        name=card.name,
        models=f"{about.models:,}",
        rated=f"{sum(judge.rated for judge in about.judges):,}",
        when=f"on {first}" if first == last else f"between {first} and {last}",
        owner=code_span(owner),
        account=owner,
        version=card.version,
        revision=revision,
        year=revision[:4],
        key=(re.sub("[^a-z0-9]", "", name.lower()) or "modelcards") + revision[:4],
        repo_id=card.repo_id,
        license=code_span(card.license),
        config_count=len(card.configs),
        example=json.dumps(dict(about.example), indent=1),
        with_card=f"{about.with_card:,}",
        texts=f"{about.texts:,}",
        authors=f"{about.authors:,} owner{'s' * (about.authors != 1)}",
        on_hub=" of the Hugging Face Hub" * (about.source in ("hub", "ids")),
        origin=words["origins"]
        .get(about.source, words["from_files"])
        .format(file=code_span(about.file)),
        sample=words["samples"].get(about.sample, words["first_ones"]),
        left_out="" if all(judge.id in OWN_WORDS for judge in about.judges) else words["left_out"],
        findings="\n".join(f"- {escape(sentence)}" for sentence in about.findings),
        notes="\n".join(f"- {escape(note)}" for note in about.notes),
        rubric=_rubric(about),
        **_texts(card),
        **_tables(card),
    )


@cache
def _words() -> dict[str, Any]:
    return parse_toml((DATA / "published-card.toml").read_text("utf-8"))


def _texts(card: CardInput) -> dict[str, str]:
    """What the card says of the texts of cards: whether they are in it, and whose they are."""
    texts, words = [config for config in card.configs if config.name == "cards"], _words()
    return {
        "joins": ", `card_sha256` joins `cards`" if texts else "",
        "card_texts": words["with_texts"].format(rows=texts[0].rows)
        if texts
        else words["without_texts"],
        "people": ", though card texts may name people and give e-mail addresses" if texts else "",
        "loading": "\n".join(
            f'{config.name} = load_dataset("{card.repo_id}", "{config.name}", split="train")'
            for config in card.configs
        ),
        "agreement": "\n".join(
            f"- {code_span(judge.id)} {code_span(judge.version)}: {escape(judge.agreement)}."
            for judge in card.about.judges
        ),
    }


def _tables(card: CardInput) -> dict[str, str]:
    about = card.about
    total = sum(about.histogram.values())
    common = sorted(about.licenses, key=lambda name: (-about.licenses[name], name))[:_ROWS_SHOWN]
    older = len(card.history) - _ROWS_SHOWN
    meaning = _words()["asked"]
    asked = [
        (name, meaning[name], code_span(value))
        for name, value in about.asked.items()
        if name in meaning
    ]
    return {
        "structure": table(
            "configuration, holds, rows, columns, size",
            (
                (f"`{c.name}`", c.what, f"{c.rows:,}", str(len(c.schema)), format_bytes(c.bytes))
                for c in card.configs
            ),
        ),
        "fields": "\n".join(map(_fields, card.configs)),
        "asked": _optional("asked, meaning, value", asked),
        "judges": table(
            "judge, version, rubric, rated, not rated, mean overall, US dollars",
            map(_judge, about.judges),
        ),
        "histogram": _optional(
            "overall rating, cards, share",
            [
                (str(score), f"{count:,}", f"{100 * count / total:.0f} %")
                for score, count in about.histogram.items()
                if total
            ],
        ),
        "licenses": table(
            "licence of the model, models",
            ((code_span(name), f"{about.licenses[name]:,}") for name in common),
        ),
        "revisions": table(
            "revision, models, added, removed, cards changed, ratings, ratings changed, "
            "mean overall",
            map(_revision, reversed(card.history[-_ROWS_SHOWN:])),
        )
        + (f"\n{older} older ones are in `revisions.json`.\n" if older > 0 else ""),
    }


def _metadata(card: CardInput) -> str:
    models = card.about.models
    category = next((name for limit, name in _SIZES if models < limit), "100M<n<1B")
    values = {
        "pretty_name": card.name,
        "license": card.license,
        "language": ["en", "multilingual"] if card.has_texts else ["en"],
        "task_categories": (["text-classification"] if card.has_texts else [])
        + ["tabular-regression"],
        "size_categories": [category],
        "annotations_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "tags": ["model-cards", "documentation", "cardiogram"],
        "configs": [
            {
                "config_name": config.name,
                **({} if index else {"default": True}),
                "data_files": [{"split": "train", "path": f"{config.name}/*.parquet"}],
            }
            for index, config in enumerate(card.configs)
        ],
        "dataset_info": [
            {
                "config_name": config.name,
                "features": features(config.schema),
                "splits": [
                    {"name": "train", "num_bytes": config.memory, "num_examples": config.rows}
                ],
                "download_size": config.bytes,
                "dataset_size": config.memory,
            }
            for config in card.configs
        ],
    }
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)


def _fields(config: Config) -> str:
    alike: dict[tuple[str, str, str], list[str]] = {}  # nine ratings are one line, not nine
    for name, field in describe_columns(config.name).items():
        if name in config.schema.names:
            kind = f"`{re.sub('<.*', '', str(config.schema.field(name).type))}`"
            alike.setdefault((kind, field.meaning, field.unit), []).append(f"`{name}`")
    rows = ((", ".join(fields), *key) for key, fields in alike.items())
    return f"### `{config.name}`\n\n{table('field, type, meaning, unit', rows)}"


def _judge(judge: JudgeUse) -> Sequence[str]:
    return (
        code_span(judge.id),
        code_span(judge.version),
        code_span(judge.rubric),
        f"{judge.rated:,}",
        f"{judge.not_rated:,}",
        "" if judge.mean is None else f"{judge.mean:.2f}",
        f"{judge.cost_usd:.2f}",
    )


def _rubric(about: About) -> str:
    """The criteria in the rubric's own words, where it is one that ships with the package."""
    if "model-card-v1" not in {judge.rubric for judge in about.judges}:
        return ""
    rubric = load_rubric("model-card-v1")
    rows = ((f"`{c.key}`", c.question, c.counts) for c in rubric.criteria)
    levels = "; ".join(f"{i} {level.partition(':')[0]}" for i, level in enumerate(rubric.levels, 1))
    return (
        "Cards were annotated by judges that follow rubric `model-card-v1`: one whole number from "
        f"1 to 5 for each criterion ({levels}) and one overall. The rubric rates the "
        "documentation, never the model, because a good model can be badly documented.\n\n"
        f"{table('criterion, a reader asks, what counts', rows)}\n"
    )


def _revision(revision: Revision) -> Sequence[str]:
    counts = (
        revision.models,
        revision.added,
        revision.removed,
        revision.cards_changed,
        revision.ratings,
        revision.ratings_changed,
    )
    mean = "" if revision.mean is None else f"{revision.mean:.2f}"
    return f"`{revision.name}`", *("" if n is None else f"{n:,}" for n in counts), mean


def table(head: str, rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are safe already, below heads that are written with commas."""
    heads = head.split(", ")
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _optional(head: str, rows: Sequence[Sequence[str]]) -> str:
    return f"{table(head, rows)}\n" if rows else ""


def code_span(text: str) -> str:
    """A short text from outside as a code span, in a table's cell or elsewhere.

    Examples
    --------
    >>> code_span("a`<b>|c")
    "`a'<b>¦c`"
    """
    plain = _UNSEEN.sub("?", text).replace("`", "'").replace("|", "¦")
    return f"`{plain[:_LONGEST] or ' '}`"


def escape(text: str) -> str:
    r"""A sentence from outside with every mark of Markdown and HTML made plain.

    Examples
    --------
    >>> escape("rho <b>")
    'rho \\<b\\>'
    """
    return _MARKS.sub(r"\\\1", _UNSEEN.sub(" ", text))
