"""What a reader looks for in a dataset's card, item by item: data, and tests on counted facts.

An item is worth `points` of its criterion. There are no labelled dataset cards to learn from, so
nothing here is fitted: the points say what the rubric names first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardiogram.cards import Card
from cardiogram.cards.features import DatasetFeatures

_UNREAD_WORDS = 20

Test = Callable[[Card, DatasetFeatures], bool]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a good dataset card has.

    Attributes
    ----------
    present, missing, advice
        The fact in plain words either way, and what to do about it.
    points
        What it is worth within its criterion.
    topic
        Topic whose section is the place; "" for the metadata, "whole" for the card itself.
    """

    key: str
    criterion: str
    points: int
    present: str
    missing: str
    advice: str
    holds: Test
    topic: str = ""


def _key(name: str) -> Test:
    return lambda card, features: features.metadata[name]


def _says(fact: str, at_least: int = 1, topic: str = "") -> Test:
    """A test for phrases; of sentences that cannot be read, a section of its own speaks."""

    def test(card: Card, features: DatasetFeatures) -> bool:
        if features.legible or features.found.get(fact, 0) >= at_least:
            return features.found.get(fact, 0) >= at_least
        return not topic or features.section(topic).words >= _UNREAD_WORDS

    return test


def _words(topic: str, at_least: int) -> Test:
    return lambda card, features: features.section(topic).words >= at_least


def _both(*tests: Test) -> Test:
    return lambda card, features: all(test(card, features) for test in tests)


def _either(*tests: Test) -> Test:
    return lambda card, features: any(test(card, features) for test in tests)


def _opens(card: Card, features: DatasetFeatures) -> bool:
    """Whether the first paragraphs say what the dataset is."""
    opening = [b for b in card.document.blocks[:8] if b.kind in ("paragraph", "item")]
    return any(len(block.text.split()) >= 12 for block in opening) and _says("says_holds")(
        card, features
    )


def _lists_fields(card: Card, features: DatasetFeatures) -> bool:
    """Whether fields stand in a table or a list under a heading on what a row holds."""
    count = features.section("composition")
    return count.rows + count.items >= 2


def _explains_fields(card: Card, features: DatasetFeatures) -> bool:
    """Whether that table or list has words for its fields, and not only their names."""
    count = features.section("composition")
    return _lists_fields(card, features) and count.words >= 6 * min(count.rows + count.items, 12)


def _counts_rows(card: Card, features: DatasetFeatures) -> bool:
    numbers = features.section("composition").numbers + features.section("identity").numbers
    return numbers >= 2 and _says("says_size")(card, features)


def _shows_a_row(card: Card, features: DatasetFeatures) -> bool:
    return features.section("composition").code >= 1


def _loads(card: Card, features: DatasetFeatures) -> bool:
    return features.whole.code > 0 and "says_load" in features.found


def _names_itself_in_code(card: Card, features: DatasetFeatures) -> bool:
    code = " ".join(b.text for b in card.document.blocks if b.kind == "code").lower()
    return bool(card.id) and card.id.lower() in code


def _headed(card: Card, features: DatasetFeatures) -> bool:
    return sum(1 for s in features.sections if s.heading is not None and s.blocks) >= 4


def _titled(card: Card, features: DatasetFeatures) -> bool:
    heads = [b for b in card.document.blocks if b.kind == "heading"]
    return bool(heads) and heads[0].level == 1


def _unbroken(card: Card, features: DatasetFeatures) -> bool:
    return not card.problems and not card.document.unclosed_fence and features.whole.words > 0


def _filled(card: Card, features: DatasetFeatures) -> bool:
    braces = any("{{" in b.text for b in card.document.blocks if b.kind != "code")
    return features.whole.words > 0 and not features.whole.placeholders and not braces


def _formatted(card: Card, features: DatasetFeatures) -> bool:
    return features.whole.rows > 0 or features.whole.code > 0 or features.whole.items >= 3


ITEMS: tuple[Item, ...] = (
    Item(
        "content",
        "identity",
        3,
        "says what the dataset holds",
        "does not say what the dataset holds",
        "Open with one sentence: what a row is, how many there are, and what they are for.",
        _opens,
        "identity",
    ),
    Item(
        "purpose",
        "identity",
        2,
        "says what it is for",
        "does not say what it is for",
        "Say which question or task the data were made for.",
        _says("says_purpose", topic="identity"),
        "identity",
    ),
    Item(
        "author",
        "identity",
        1,
        "says who made it",
        "does not say who made it",
        "Name the people or the organisation behind it.",
        _either(_says("says_author", topic="contact"), _words("contact", 4)),
        "identity",
    ),
    Item(
        "date",
        "identity",
        1,
        "gives a date or version",
        "gives no date and no version",
        "Say when the data were made, and which version this is.",
        _says("says_date", topic="identity"),
        "identity",
    ),
    Item(
        "reference",
        "identity",
        1,
        "says how to cite it, or where it is described",
        "neither a citation nor a paper",
        "Add a citation, or a link to where the data are described.",
        _either(_words("citation", 3), lambda c, f: f.section("citation").code > 0),
        "citation",
    ),
    Item(
        "fields",
        "composition",
        3,
        "lists the fields",
        "does not list the fields",
        "List every field with its type and meaning, best in a table.",
        _lists_fields,
        "composition",
    ),
    Item(
        "meanings",
        "composition",
        2,
        "says what the fields mean",
        "does not say what the fields mean",
        "Give each field its meaning, and its unit where it has one.",
        _explains_fields,
        "composition",
    ),
    Item(
        "sizes",
        "composition",
        2,
        "counts its rows",
        "does not say how many rows there are",
        "Give the number of rows of each configuration and split.",
        _counts_rows,
        "composition",
    ),
    Item(
        "splits",
        "composition",
        1,
        "names its splits or configurations",
        "names no splits or configurations",
        "Say which splits and configurations there are, or that there is one.",
        _both(_says("says_splits"), _words("composition", 10)),
        "composition",
    ),
    Item(
        "units",
        "composition",
        1,
        "gives units",
        "gives no units",
        "Give the unit or the range of every number.",
        _both(_says("says_unit"), _words("composition", 10)),
        "composition",
    ),
    Item(
        "gaps",
        "composition",
        1,
        "says what is missing in rows, or how labels are spread",
        "says nothing of missing values or of how labels are spread",
        "Say which fields may be empty and why, and how often each label occurs.",
        _both(_either(_says("says_missing"), _says("says_balance")), _words("composition", 10)),
        "composition",
    ),
    Item(
        "example",
        "composition",
        1,
        "shows an example row",
        "shows no example row",
        "Show one row as it is.",
        _shows_a_row,
        "composition",
    ),
    Item(
        "source",
        "collection",
        3,
        "says where the rows come from",
        "does not say where the rows come from",
        "Name the sources, with links.",
        _either(_both(_says("says_source"), _words("collection", 15)), _words("collection", 40)),
        "collection",
    ),
    Item(
        "process",
        "collection",
        2,
        "says how they were chosen or processed",
        "does not say how rows were chosen or processed",
        "Say how rows were selected, filtered, cleaned and deduplicated.",
        _both(_says("says_process"), _words("collection", 15)),
        "collection",
    ),
    Item(
        "when",
        "collection",
        1,
        "says when they were collected",
        "does not say when they were collected",
        "Give the days or years of collection.",
        _both(
            _either(_says("says_when"), _says("says_date")),
            lambda c, f: f.section("collection").numbers > 0,
        ),
        "collection",
    ),
    Item(
        "annotation",
        "collection",
        2,
        "says how labels were made",
        "does not say how labels were made",
        "Say who or what labelled the rows and by which instructions, or that there are no labels.",
        _both(_says("says_annotation"), _words("collection", 15)),
        "collection",
    ),
    Item(
        "agreement",
        "collection",
        1,
        "says how far the labels can be trusted",
        "does not say how far the labels can be trusted",
        "Give the agreement of annotators, or how the labels were checked.",
        _says("says_agreement", topic="collection"),
        "collection",
    ),
    Item(
        "why",
        "collection",
        1,
        "says why it was made so",
        "does not say why it was made so",
        "Say why these sources and this selection.",
        _both(_says("says_why"), _words("collection", 15)),
        "collection",
    ),
    Item(
        "load",
        "usage",
        3,
        "shows code that loads it",
        "shows no code that loads it",
        "Show the lines that load the data.",
        _loads,
        "usage",
    ),
    Item(
        "runs",
        "usage",
        1,
        "its code names the dataset itself",
        "no code names the dataset itself",
        "Write the code with the dataset's own id, so that it runs as it stands.",
        _either(_names_itself_in_code, _both(_loads, lambda c, f: not c.id)),
        "usage",
    ),
    Item(
        "intended",
        "usage",
        2,
        "says what it is meant for",
        "does not say what it is meant for",
        "Say which uses the data are meant for.",
        _either(
            _says("says_intended", topic="usage"),
            _says("says_purpose", 2, "usage"),
            lambda c, f: f.section("usage").items >= 2,
        ),
        "usage",
    ),
    Item(
        "out_of_scope",
        "usage",
        1,
        "says what it is not meant for",
        "does not say what it is not meant for",
        "Say which uses the data are not fit for.",
        _says("says_out_of_scope", topic="usage"),
        "usage",
    ),
    Item(
        "terms",
        "rights",
        3,
        "says under which licence the data are",
        "says nothing of a licence in the text or the metadata",
        "State the licence of the data in the text, and its id in the metadata.",
        _either(_key("license"), _both(_says("says_licence"), _words("rights", 4))),
        "rights",
    ),
    Item(
        "explained_terms",
        "rights",
        1,
        "explains the licence",
        "does not explain the licence",
        "Say in a sentence what may be done with the data.",
        _both(_says("says_licence"), _words("rights", 12)),
        "rights",
    ),
    Item(
        "source_terms",
        "rights",
        1,
        "says what the sources' licences are",
        "says nothing of the sources' licences",
        "Say under which terms the sources are, and that they allow this.",
        _says("says_source_licence", topic="rights"),
        "rights",
    ),
    Item(
        "personal",
        "rights",
        2,
        "speaks of personal data",
        "says nothing of personal data",
        "Say whether persons can be recognised in the data, and what was done about it.",
        _either(_says("says_personal", topic="rights"), _says("says_no_personal", topic="rights")),
        "rights",
    ),
    Item(
        "removal",
        "rights",
        1,
        "says how to have a row removed",
        "does not say how to have a row removed",
        "Say whom to ask for removal.",
        _says("says_removal", topic="rights"),
        "rights",
    ),
    Item(
        "limits",
        "limitations",
        3,
        "names limits",
        "names no limits",
        "Say what the data do not cover, and where they are wrong.",
        _both(_says("says_limit"), _words("limitations", 12)),
        "limitations",
    ),
    Item(
        "bias",
        "limitations",
        2,
        "speaks of bias",
        "says nothing of bias",
        "Say who or what is over- and under-represented.",
        _both(_says("says_bias"), _words("limitations", 12)),
        "limitations",
    ),
    Item(
        "risk",
        "limitations",
        1,
        "names risks",
        "names no risks",
        "Say what could go wrong with these data.",
        _both(_says("says_risk"), _words("limitations", 12)),
        "limitations",
    ),
    Item(
        "advice",
        "limitations",
        1,
        "advises its users",
        "gives its users no advice",
        "Say what users should do about these limits.",
        _both(_says("says_advice"), _words("limitations", 12)),
        "limitations",
    ),
    Item(
        "room",
        "limitations",
        1,
        "gives limits room",
        "says little on limits",
        "Be specific: examples, numbers, cases.",
        _words("limitations", 50),
        "limitations",
    ),
    Item(
        "license",
        "metadata",
        2,
        "has a licence in the metadata",
        "no licence in the metadata",
        "Add `license:` with an id from the Hub's list.",
        _key("license"),
    ),
    Item(
        "language",
        "metadata",
        1,
        "names its languages in the metadata",
        "no languages in the metadata",
        "Add `language:` with ISO 639 codes.",
        _key("language"),
    ),
    Item(
        "task",
        "metadata",
        1,
        "names its tasks in the metadata",
        "no tasks in the metadata",
        "Add `task_categories:` from the Hub's list.",
        _key("task"),
    ),
    Item(
        "size",
        "metadata",
        1,
        "has a size category",
        "no size category in the metadata",
        "Add `size_categories:`, such as `10K<n<100K`.",
        _key("size"),
    ),
    Item(
        "name",
        "metadata",
        1,
        "has a readable name",
        "no readable name in the metadata",
        "Add `pretty_name:`.",
        _key("name"),
    ),
    Item(
        "configs",
        "metadata",
        2,
        "says which files are which configuration",
        "no `configs` in the metadata",
        "Add `configs:` with a name and the data files of each.",
        _either(_key("configs"), _key("features")),
    ),
    Item(
        "features",
        "metadata",
        1,
        "types its fields in the metadata",
        "no typed fields in the metadata",
        "Add `dataset_info:` with `features:`.",
        _key("features"),
    ),
    Item(
        "tags", "metadata", 1, "has tags", "no tags", "Add a few tags of your field.", _key("tags")
    ),
    Item(
        "title",
        "structure",
        1,
        "opens with a title",
        "does not open with a title",
        "Open with one title.",
        _titled,
        "whole",
    ),
    Item(
        "headings",
        "structure",
        3,
        "leads by headings",
        "few or no headings lead through it",
        "Give each topic a heading of its own.",
        _headed,
        "whole",
    ),
    Item(
        "formatted",
        "structure",
        2,
        "uses tables, lists or code fences",
        "uses no tables, lists or code fences",
        "Put fields into a table, code into a fence.",
        _formatted,
        "whole",
    ),
    Item(
        "filled",
        "structure",
        2,
        "leaves no template text",
        "leaves template text, or is empty",
        "Fill in or delete what the template left.",
        _filled,
        "whole",
    ),
    Item(
        "unbroken",
        "structure",
        2,
        "nothing in it is broken",
        "a part of it is broken, or empty",
        "Mend what the linter names.",
        _unbroken,
        "whole",
    ),
)
"""All items, in the order of the rubric's criteria."""
