"""Citations: of files and of the base's card, as whose they are; no field is made up."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.improve import improve
from cardiogram.repository.proof import Proof, verify
from repository_rows import InMemory

CFF = """cff-version: 1.2.0
title: Otters of the harbour
authors:
  - family-names: Ott
    given-names: Ada
    name-particle: van
  - name: Harbour Lab
date-released: 2025-03-01
doi: 10.5281/zenodo.1234
"""
WRITTEN = """@misc{vanott2025,
  title = {Otters of the harbour},
  author = {van Ott, Ada and {Harbour Lab}},
  year = {2025},
  doi = {10.5281/zenodo.1234},
}"""
PREFERRED = """preferred-citation:
  title: Better otters
  authors: [{family-names: Ott}]
"""
BIB = "% ours\n@article{ott2025,\n\ttitle = {Otters},\n  author = {Ott, {A}da}\n}\n"
CARD = "# Otter\n\nA small model for a harbour.\n\n## License\n\nMIT\n\n## Contact\n\nUs\n"


def repository(card: str = CARD, base: str = "", **files: str) -> InMemory:
    others = {("model", "brook/b"): InMemory("brook/b", {"README.md": base.encode()}, others={})}
    if base:
        card = f"---\nbase_model: brook/b\n---\n{card}"
    contents = {path: text.encode() for path, text in {"README.md": card, **files}.items()}
    return InMemory("a/otter", contents, others=others)  # type: ignore[arg-type]


def drafted(card: str = CARD, base: str = "", **files: str) -> str:
    """The card after, each of its sentences proven, and the same again by a second run."""
    made = repository(card, base, **files)
    draft = improve(made)
    after = draft.after.text
    changed = InMemory(
        "a/otter", {**made.contents, "README.md": after.encode()}, others=made._others
    )
    read = parse_card(after.encode(), id="a/otter")
    holds = verify(read, changed, Proof(read.sha256, draft.claims, "a/otter")).of("holds")
    said = {s.text for c in draft.changes if c.id == "add:citation" for s in c.sentences}
    assert said <= {each.sentence for each in holds}
    assert improve(changed).after == draft.after
    return after


def test_the_fields_of_a_citation_file_are_written_as_they_stand() -> None:
    after = drafted(**{"CITATION.cff": CFF, "paper.bib": BIB})
    assert "`CITATION.cff` in this repository gives this citation:" in after
    assert f"```bibtex\n{WRITTEN}\n```\n\n## Contact" in after
    assert "ott2025,\n\t" not in after
    preferred = drafted(**{"CITATION.cff": CFF + PREFERRED})
    assert "{ott,\n  title = {Better otters},\n  author = {Ott},\n}" in preferred


@pytest.mark.parametrize(
    "cff",
    [
        CFF.replace("title: Otters of the harbour\n", ""),
        CFF.replace("  - name: Harbour Lab", "  - alias: otter7"),
        CFF.replace("Otters of the harbour", "'{Otters}'"),
        "title: [",
        "- title",
    ],
)
def test_what_a_citation_file_does_not_say_is_not_made_up(cff: str) -> None:
    assert "@" not in drafted(**{"CITATION.cff": cff})


@pytest.mark.parametrize(
    ("bib", "shown"),
    [
        (BIB, True),
        (BIB + "@misc{other, title={B}}", False),
        ("@article{ott2025,\n  title = {Otters", False),
        ("@string{x = 1}", False),
        ("@misc{a, note={```\n# Owned\n}}", False),
        ("@misc{a, note={" + "long " * 700 + "}}", False),
    ],
)
def test_the_one_entry_of_a_file_is_shown_as_it_is(bib: str, shown: bool) -> None:
    after = drafted(**{"paper.bib": bib})
    assert ("`paper.bib` in this repository gives this citation:" in after) is shown
    assert (BIB.partition("\n")[2] in after) is shown


def test_a_card_that_cites_gets_no_second_citation() -> None:
    block = f"{CARD}\n```\n@misc{{x, title={{X}}}}\n```\n"
    assert drafted(block, **{"paper.bib": BIB}) == block
    section = f"{CARD}\n## How to cite\n\nPlease name the harbour office.\n"
    assert drafted(section, **{"paper.bib": BIB}) == section


def test_what_a_base_gives_is_named_as_the_base_s() -> None:
    link = "[brook/b](https://huggingface.co/brook/b)"
    after = drafted(base=f"# Brook\n\n```\n{BIB}```\n")
    assert f"The card of the base model {link} gives this citation of the base model:" in after
    paper = "[arXiv:2511.90217](https://arxiv.org/abs/2511.90217)"
    named = drafted(base="# Brook\n\nSee https://arxiv.org/abs/2511.90217v2 on it.\n")
    assert f"The card of the base model {link} names the paper {paper}." in named
    several = "# Brook\n\nIt uses arxiv.org/abs/2511.90217 and arxiv.org/abs/2311.03099.\n"
    assert "arXiv" not in drafted(base=several)
