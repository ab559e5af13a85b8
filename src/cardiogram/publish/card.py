"""The dataset's card: metadata for machines, and words for people, from plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from cardiogram.judge import load_rubric
from cardiogram.publish.about import About
from cardiogram.publish.changes import Revision
from cardiogram.publish.markdown import code, size, table, words
from cardiogram.publish.tables import OWN_WORDS, Config, features

_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
)
_ASKED = {
    "limit": "at most so many models",
    "author": "only this user or organisation",
    "task": "only this task",
    "library": "only this library",
    "search": "only ids with this in them",
    "sort": "in the order of",
    "since": "only models since",
}
_ROWS_SHOWN = 12


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


def render_card(given: CardInput) -> str:
    """README.md of the dataset; the same values give the same bytes."""
    parts = [
        f"---\n{_metadata(given)}---\n",
        _summary(given),
        _structure(given),
        _fields(given),
        _collection(given),
        _judges(given),
        _found(given),
        _loading(given),
        _limits(given),
        _rights(given),
        _revisions(given),
        _citation(given),
    ]
    return "\n".join(parts)


def _metadata(given: CardInput) -> str:
    models = given.about.models
    category = next((name for limit, name in _SIZES if models < limit), "100M<n<1B")
    values: dict[str, Any] = {
        "pretty_name": given.name,
        "license": given.license,
        "language": ["en", "multilingual"] if given.has_texts else ["en"],
        "task_categories": (["text-classification"] if given.has_texts else [])
        + ["tabular-regression"],
        "size_categories": [category],
        "annotations_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "tags": ["model-cards", "documentation", "cardiogram"],
        "configs": [_config(config, index) for index, config in enumerate(given.configs)],
        "dataset_info": [_info(config) for config in given.configs],
    }
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)


def _config(config: Config, index: int) -> dict[str, Any]:
    files = [{"split": "train", "path": f"{config.name}/*.parquet"}]
    default = {"default": True} if index == 0 else {}
    return {"config_name": config.name, **default, "data_files": files}


def _info(config: Config) -> dict[str, Any]:
    return {
        "config_name": config.name,
        "features": features(config.schema),
        "splits": [{"name": "train", "num_bytes": config.memory, "num_examples": config.rows}],
        "download_size": config.bytes,
        "dataset_size": config.memory,
    }


def _summary(given: CardInput) -> str:
    about = given.about
    first, last = about.days
    when = f"on {first}" if first == last else f"between {first} and {last}"
    return (
        f"# {words(given.name)}\n\n"
        f"This dataset contains {about.models:,} models of the Hugging Face Hub and "
        f"{sum(j.rated for j in about.judges):,} ratings of their model cards: how well each card "
        f"documents its model, from 1 to 5, by a written rubric. It is intended for research on "
        f"documentation and its relation to downloads and likes, and for comparing judges of "
        f"documentation. Collected {when} by {code(given.repo_id.partition('/')[0])} with "
        f"cardiogram {given.version}; this is revision {given.history[-1].name}.\n"
    )


def _structure(given: CardInput) -> str:
    rows = [
        [f"`{c.name}`", c.what, f"{c.rows:,}", str(len(c.schema)), size(c.bytes)]
        for c in given.configs
    ]
    return (
        "## Structure\n\n"
        f"{len(given.configs)} configurations, each with one split, `train`; `id` joins them"
        f"{', `card_sha256` joins `cards`' if given.has_texts else ''}. `results.json` holds the "
        f"study's statistics.\n\n"
        f"{table(['configuration', 'holds', 'rows', 'columns', 'size'], rows)}\n"
        "An example row of `ratings`, shortened:\n\n"
        f"```json\n{json.dumps(dict(given.about.example), indent=1)}\n```\n"
    )


def _fields(given: CardInput) -> str:
    parts = [
        "## Fields\n",
        "A field is null where the value is not known or does not apply; a card that could not be "
        "read has no rating.\n",
    ]
    for config in given.configs:
        alike: dict[tuple[str, ...], list[str]] = {}  # nine ratings are one line, not nine
        for name, word in config.words.items():
            if name in config.schema.names:
                key = (_type_of(config, name), word.meaning, word.unit)
                alike.setdefault(key, []).append(f"`{name}`")
        rows = [[", ".join(names), *key] for key, names in alike.items()]
        parts += [f"### `{config.name}`\n", table(["field", "type", "meaning", "unit"], rows)]
    return "\n".join(parts)


def _type_of(config: Config, name: str) -> str:
    return f"`{re.sub('<.*', '', str(config.schema.field(name).type))}`"


def _collection(given: CardInput) -> str:
    about = given.about
    asked = [
        [name, _ASKED[name], code(value)] for name, value in about.asked.items() if name in _ASKED
    ]
    read = "From each repository README.md was downloaded at the commit that `sha` names."
    if about.source == "hub":
        origin = f"The models were collected from the Hub's own list through its API. {read}"
    elif about.source == "ids":
        origin = (
            f"The models were looked up on the Hub from a list of ids, {code(about.file)}. {read}"
        )
    else:
        origin = (
            f"The cards were taken from a file or folder, {code(about.file)}, with what it says of "
            "their models."
        )
    sample = (
        "Models were sampled at random from a longer list, as many from every decile of downloads, "
        "so that not only the popular are seen; `weight` undoes that."
        if about.sample == "stratified"
        else "The first ones in their order were selected, because no others were asked for."
    )
    asked_of = f"{table(['asked', 'meaning', 'value'], asked)}\n" if asked else ""
    return (
        "## How it was collected\n\n"
        f"{origin} {sample} No model was filtered out because of its card: {about.with_card:,} of "
        f"{about.models:,} have one, {about.texts:,} texts differ, and what could not be read is a "
        f"row with a problem.\n\n"
        f"{asked_of}"
        "The models belong to "
        f"{about.authors:,} accounts, which is why the statistics resample accounts and not "
        "models.\n"
    )


def _judges(given: CardInput) -> str:
    rows = [
        [
            code(j.id),
            code(j.version),
            code(j.rubric),
            f"{j.rated:,}",
            f"{j.not_rated:,}",
            "" if j.mean is None else f"{j.mean:.2f}",
            f"{j.cost_usd:.2f}",
        ]
        for j in given.about.judges
    ]
    agreement = [
        f"- {code(j.id)} {code(j.version)}: {words(j.agreement)}." for j in given.about.judges
    ]
    head = ["judge", "version", "rubric", "rated", "not rated", "mean overall", "US dollars"]
    return (
        "## Rubric, judges and agreement\n\n"
        f"{_rubric(given)}"
        "Who rated, in which version:\n\n"
        f"{table(head, rows)}\n"
        "How far the ratings can be trusted (agreement with labels that the judge had not seen, "
        "where it was measured):\n\n"
        f"{chr(10).join(agreement)}\n"
    )


def _rubric(given: CardInput) -> str:
    """The criteria in the rubric's own words, where it is one that ships with the package."""
    names = {judge.rubric for judge in given.about.judges}
    if "model-card-v1" not in names:
        return ""
    rubric = load_rubric("model-card-v1")
    rows = [[f"`{item.key}`", item.question, item.counts] for item in rubric.criteria]
    levels = "; ".join(f"{i} {level.partition(':')[0]}" for i, level in enumerate(rubric.levels, 1))
    return (
        "Cards were annotated by judges that follow rubric `model-card-v1`: one whole number from "
        f"1 to 5 for each criterion ({levels}) and one overall. The rubric rates the "
        "documentation, never the model, because a good model can be badly documented.\n\n"
        f"{table(['criterion', 'a reader asks', 'what counts'], rows)}\n"
    )


def _found(given: CardInput) -> str:
    total = sum(given.about.histogram.values())
    rows = [
        [str(score), f"{count:,}", f"{100 * count / total:.0f} %"]
        for score, count in given.about.histogram.items()
        if total
    ]
    lines = [f"- {words(item)}" for item in given.about.findings]
    shown = f"{table(['overall rating', 'cards', 'share'], rows)}\n" if rows else ""
    return (
        "## What the study found\n\n"
        f"{shown}"
        f"{chr(10).join(lines)}\n\n"
        "An association is no effect: well known models get both better cards and more users.\n"
    )


def _loading(given: CardInput) -> str:
    names = [config.name for config in given.configs]
    loads = "\n".join(
        f'{name} = load_dataset("{given.repo_id}", "{name}", split="train")' for name in names
    )
    return (
        "## Loading\n\n"
        f"```python\nfrom datasets import load_dataset\n\n{loads}\n\n"
        'rated = ratings.to_pandas().merge(models.to_pandas(), on="id")\n'
        'print(rated.groupby("overall")["downloads"].median())\n```\n\n'
        f'One revision for good: `revision="{given.history[-1].name}"`. While the dataset is '
        "private, log in first: `hf auth login`.\n\n"
        "Intended uses: describing documentation on the Hub, relating it to popularity, comparing "
        "judges. It is not suitable for ranking single models or their authors: a rating speaks "
        "of one text on one day and carries an interval. It must not be used to judge people.\n"
    )


def _limits(given: CardInput) -> str:
    about = given.about
    notes = [f"- {words(note)}" for note in about.notes]
    quoting = [judge.id for judge in about.judges if judge.id not in OWN_WORDS]
    left_out = (
        "- Facts of judges that may quote a card are left out of `evidence`.\n" if quoting else ""
    )
    return (
        "## Limitations\n\n"
        "- It covers the models that were asked for and is not representative of the whole Hub, "
        "nor of models published elsewhere.\n"
        "- Ratings are made by a machine. The built-in judge learned a language model's labels, "
        "not people's, and counts facts: it may be fooled by text that names things without "
        "saying anything, and is biased towards conventional headings and languages it knows. "
        "Cards in other languages are under-represented in what it learned from.\n"
        "- A rating can be off by one: use the expectation with its interval, and compare groups, "
        "not single cards.\n"
        "- Downloads are counted by each library's own rule, so that libraries must not be "
        "compared by them without care; likes grow with age.\n"
        "- It is a snapshot: cards, counts and names change, and a model may be gone today. Copies "
        "of one card under many models are kept, so duplicates can leak between training and test "
        "sets: split by `author` and `card_sha256`.\n"
        f"{left_out}"
        "- We recommend to read a difference only where its interval allows it.\n\n"
        "What the study itself notes:\n\n"
        f"{chr(10).join(notes)}\n"
    )


def _rights(given: CardInput) -> str:
    if given.has_texts:
        cards = next(config for config in given.configs if config.name == "cards")
        texts = (
            f"Configuration `cards` holds {cards.rows:,} texts of cards whose models all state a "
            "licence that allows passing them on; each row names that licence, the models and the "
            "address, as attribution, and stays under its own licence. All other texts are left "
            "out and stand here as hash and link only."
        )
    else:
        texts = (
            "The texts of the cards are not in this dataset: they belong to their authors and "
            "stand here as hash (`card_sha256`) and link (`card_url`) only."
        )
    people = ", though card texts may name people and give e-mail addresses"
    counts: Mapping[str, int] = given.about.licenses
    common = sorted(counts, key=lambda name: (-counts[name], name))[:_ROWS_SHOWN]
    rows = [[code(name), f"{counts[name]:,}"] for name in common]
    return (
        "## Licence and personal data\n\n"
        f"The ratings, tables and statistics are licensed under {code(given.license)}: use and "
        f"share them as it allows, and name the source. {texts} The models' own licences, as they "
        "state them, hold for the models, not for this dataset:\n\n"
        f"{table(['licence of the model', 'models'], rows)}\n"
        "Personal data: account names (`author`, `id`) are public user names on the Hub, which "
        "may be names of persons; nothing else about persons was collected on purpose"
        f"{people if given.has_texts else ''}. To have a row or a text removed, open a "
        "discussion in this repository.\n"
    )


def _revisions(given: CardInput) -> str:
    rows = [_revision(item) for item in reversed(given.history[-_ROWS_SHOWN:])]
    head = [
        "revision",
        "models",
        "added",
        "removed",
        "cards changed",
        "ratings",
        "ratings changed",
        "mean overall",
    ]
    older = len(given.history) - _ROWS_SHOWN
    more = f"\n{older} older ones are in `revisions.json`.\n" if older > 0 else ""
    return (
        "## Revisions\n\n"
        "Each revision is a tag of this repository; `added` and so on compare it with the one "
        f"before.\n\n{table(head, rows)}{more}"
    )


def _revision(item: Revision) -> Sequence[str]:
    def shown(value: int | None) -> str:
        return "" if value is None else f"{value:,}"

    mean = "" if item.mean is None else f"{item.mean:.2f}"
    return [
        f"`{item.name}`",
        f"{item.models:,}",
        shown(item.added),
        shown(item.removed),
        shown(item.cards_changed),
        f"{item.ratings:,}",
        shown(item.ratings_changed),
        mean,
    ]


def _citation(given: CardInput) -> str:
    owner, _, name = given.repo_id.partition("/")
    revision = given.history[-1].name
    return (
        "## Citation\n\n"
        "```bibtex\n"
        f"@misc{{{re.sub('[^a-z0-9]', '', name.lower()) or 'modelcards'}{revision[:4]},\n"
        f"  title = {{{given.name}: ratings of model cards, revision {revision}}},\n"
        f"  author = {{{{{owner}}}}},\n"
        f"  year = {{{revision[:4]}}},\n"
        f"  howpublished = {{\\url{{https://huggingface.co/datasets/{given.repo_id}}}}}\n"
        "}\n```\n\n"
        "Made with cardiogram (`pip install cardiogram`), whose documentation describes the "
        "rubric, the judges and the statistics.\n"
    )
