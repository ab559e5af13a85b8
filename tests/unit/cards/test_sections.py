import pytest

from cardiogram.cards.markdown import parse_document
from cardiogram.cards.sections import TOPICS, Section, is_placeholder, split_sections, topics_of


def sections(body: str) -> tuple[Section, ...]:
    return split_sections(parse_document(body))


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("Usage", "usage"),
        ("How to use", "usage"),
        ("Training data", "data"),
        ("Training procedure", "training"),
        ("Evaluation results", "evaluation"),
        ("Bias, Risks, and Limitations", "limitations"),
        ("Citation", "citation"),
        ("License", "license"),
        ("訓練データ", "data"),
        ("使用方法", "usage"),
    ],
)
def test_the_topic_of_a_heading(heading: str, topic: str) -> None:
    for text in (heading, heading.upper(), f"**{heading}**:", f"🤗 {heading}"):
        assert topic in topics_of(text)
    assert topics_of(heading) <= set(TOPICS)


def test_a_heading_may_say_nothing() -> None:
    assert topics_of("Banana") == frozenset()
    assert topics_of("") == frozenset()
    assert topics_of("x" * 100_000) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "[More Information Needed]",
        "More information needed",
        "TBD",
        "{{ model_description }}",
        "Developed by: [More Information Needed]",
        "Coming soon...",
    ],
)
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["", "The model needs more information.", "[More Information Needed] " * 20, "Licence: MIT"],
)
def test_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_a_document_is_split_at_its_headings_in_any_style() -> None:
    found = sections(
        "Intro.\n\n# Title\n\n**Usage**\n\nrun it\n\n<h2>Training</h2>\n\nhard\n\nlong\n"
    )
    assert [section.heading.text if section.heading else None for section in found] == [
        None,
        "Title",
        "Usage",
        "Training",
    ]
    assert [len(section.blocks) for section in found] == [1, 0, 1, 2]
    assert [section.line for section in found] == [1, 3, 5, 9]
    assert found[-1].last_line == 13


def test_a_heading_that_says_nothing_inherits_its_topic() -> None:
    found = sections("# Evaluation\n\n## Czech\n\n90 %\n\n# Banana\n\nyellow\n")
    topics = [section.topics for section in found]
    assert topics[0] == topics[1] == {"evaluation"}
    assert topics[2] == frozenset()


def test_no_block_is_lost_or_counted_twice() -> None:
    document = parse_document("a\n\n# b\n\nc\n\n- d\n- e\n\n## f\n\n**g**\n\n```\nh\n```\n")
    found = [
        block
        for section in split_sections(document)
        for block in (*([section.heading] if section.heading else []), *section.blocks)
    ]
    assert tuple(found) == document.blocks
    assert sections("") == ()
