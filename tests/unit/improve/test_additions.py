"""What a draft adds: only what files prove, once, in its place, in the card's language."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec

import pytest

from cardiogram.cards import parse_card
from cardiogram.errors import CardiogramError
from cardiogram.improve import (
    Audience,
    DraftChange,
    DraftView,
    ReadmeText,
    apply_changes,
    improve,
    view_card,
)
from cardiogram.improve.additions import find_additions
from cardiogram.improve.editing import kept_words
from cardiogram.repository.proof import Claim, Proof, QuoteSelector, verify
from repository_rows import ROWS, InMemory, expected, needs_rows, planted, repositories

pytestmark = needs_rows
IDS = sorted(expected()) if ROWS.is_dir() else []
GATED = "kestrel-foundation/kestrel-3b-instruct"


@cache
def drafted(id: str) -> tuple[DraftView, tuple[DraftChange, ...], ReadmeText]:
    repository = repositories()[id]
    try:
        view = view_card(repository)
    except CardiogramError:
        pytest.skip("its README cannot be read")
    changes = tuple(find_additions(view))
    after, refused = apply_changes(view.readme, changes)
    assert refused == ()
    return view, changes, after


def added(view: DraftView, after: ReadmeText) -> list[str]:
    before = view.readme.text.splitlines()
    return [line for line in after.text.splitlines() if line not in before]


@pytest.mark.parametrize("id", IDS)
def test_nothing_is_added_that_no_file_proves(id: str) -> None:
    view, _, after = drafted(id)
    patterns = [p for entry in planted(id)["unsupported"] for p in entry["patterns"]]
    for line in added(view, after):
        assert not [p for p in patterns if re.search(p, line, re.I)], line


def test_a_card_is_not_told_again_what_it_says_in_other_words() -> None:
    _, _, copy = drafted("helio-quants/osprey-7b-chat-GPTQ")
    assert "`act_order`" not in copy.text  # "act-order" stands in the first sentence
    assert "| `sym` | true |" in copy.text
    _, _, embedder = drafted("saltmarsh-nlp/kochrezept-minilm")
    assert "512" not in embedder.text  # it cuts after 256, and says so


def unproven(
    view: DraftView, changes: Iterable[DraftChange], after: ReadmeText
) -> list[tuple[str, ...]]:
    """What `verify` does not find to hold of all that changes say."""
    card = parse_card(after.encode(), id=view.facts.repo)
    claims = []
    for sentence in (s for change in changes for s in change.sentences):
        start = card.text.find(sentence.text)
        assert start >= 0, sentence.text
        assert sentence.facts, sentence.text
        quote = QuoteSelector(sentence.text, start=start, end=start + len(sentence.text))
        for f in sentence.facts:
            claims.append(Claim(quote, f.name, f.value, f.sources, f.how, f.unit, f.about))
    proof = Proof(card.sha256, tuple(claims), view.facts.repo)
    checked = verify(card, view.repository, proof)
    return [
        (each.state, each.name, each.sentence, each.why)
        for each in checked.sentences
        if each.claimed and each.state != "holds"
    ]


@pytest.mark.parametrize("id", IDS)
def test_verify_says_of_each_sentence_that_it_holds(id: str) -> None:
    view, changes, after = drafted(id)
    assert unproven(view, changes, after) == []
    before = {(c.rule, c.statement.quote) for c in view.contradictions}
    now = {(c.rule, c.statement.quote) for c in view_card(view.repository, after).contradictions}
    assert now <= before


@pytest.mark.parametrize("id", IDS)
def test_a_second_run_adds_nothing(id: str) -> None:
    view, _, after = drafted(id)
    assert list(find_additions(view_card(view.repository, after))) == []


@pytest.mark.parametrize("id", IDS)
def test_every_word_of_the_author_stays(id: str) -> None:
    view, _, after = drafted(id)
    template = {line.strip() for line in view.readme.text.splitlines() if "nformation" in line}
    template |= {line.strip() for line in view.readme.text.splitlines() if "TODO" in line}
    assert kept_words(view.readme.text, after.text, template) == 1
    assert ("\r\n" in view.readme.text) == ("\r\n" in after.text)
    assert after.text.count("\r\n") in (0, after.text.count("\n"))


@pytest.mark.parametrize("id", IDS)
def test_code_parses_and_names_this_repository(id: str) -> None:
    _, changes, _ = drafted(id)
    for change in changes:
        for text in re.findall(r"```python\n(.*?)```", lines_of(change), re.S):
            ast.parse(text)
            assert f'"{id}"' in text


def lines_of(change: DraftChange) -> str:
    lines = [line for op in change.operations for line in getattr(op, "lines", ())]
    return "\n".join(lines) + "\n"


def test_an_excellent_card_is_left_alone() -> None:
    assert drafted("tarnlab/tarn-bert-harbour-ner")[1] == ()


def test_no_section_stands_twice() -> None:
    for id in IDS:
        if id == GATED:
            continue
        _, _, after = drafted(id)
        heads = re.findall(r"^#+ .+$", after.text, re.M)
        before = re.findall(r"^#+ .+$", drafted(id)[0].readme.text, re.M)
        new = [head for head in heads if head not in before]
        assert len(new) == len(set(new)), id


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "zh", "ja"])
def test_each_language_has_its_sentences(language: str) -> None:
    from cardiogram.improve.additions.draft_words import DraftWords, _words

    words = DraftWords(language)
    for key, texts in _words()["sentences"].items():
        assert set(texts) == {"en", "de", "fr", "es", "zh", "ja"}, key
        fields = set(re.findall(r"{(\w+)}", texts["en"]))
        assert set(re.findall(r"{(\w+)}", texts[language])) == fields, key
        assert words.say(key, **dict.fromkeys(fields, "x"))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "zh", "ja"])
def test_memory_that_was_altered_is_contradicted(language: str) -> None:
    from cardiogram.improve.additions.draft_words import DraftWords

    words, repository = DraftWords(language), repositories()["mergewright/osprey-7b-slatewing"]
    said = words.label("in_bits")

    def states(size: float, bits: int) -> list[str]:
        cell = said.format(size=words.size(size), bits=bits)
        text = f"# M\n\n{WRITTEN.get(language, '')}\n\n| - | - |\n|---|---|\n"
        text += f"| {words.label('memory')} | {cell} |\n"
        sentences = verify(parse_card(text.encode()), repository).sentences
        return [each.state for each in sentences if each.name == "memory"]

    assert states(6_738_415_616, 8) == ["holds"]
    assert states(6_738_415_616, 16) == states(7_738_415_616, 8) == ["contradicted"]
    assert states(6_638_415_616, 8) == ["doubtful"]


def test_markup_in_a_file_does_not_reach_the_card() -> None:
    config = (
        b'{"architectures": ["BertForSequenceClassification"], "model_type": "bert",'
        b' "transformers_version": "4.46.3",'
        b' "id2label": {"0": "<img src=x onerror=alert(1)>", "1": "[a](javascript:b)"}}'
    )
    made = InMemory("a/b", {"config.json": config}, others={})
    after, _ = apply_changes(ReadmeText(""), list(find_additions(view_card(made))))
    assert "onerror" not in after.text
    assert "javascript" not in after.text
    assert "BertForSequenceClassification" in after.text


MEMORY = "| Speicher (nur die Gewichte) | 13,5 GB in 16 Bit, 6,74 GB in 8 Bit, 3,73 GB in 4 Bit |"


@pytest.mark.parametrize(
    ("name", "value", "sentence", "about", "holds"),
    [
        ("architecture", "BertModel", "| Architektur | BertModel |", "", True),
        ("architecture", "BertModel", "Other than BertModel, it is small.", "", False),
        ("base_model", "a/b-base", "- **Modèle de base :** [a/b-base](https://x)", "", True),
        ("base_model", "a/b-base", "Better than a/b-base.", "", False),
        ("training_seconds", 1434.5354, "| Trainingszeit | 1.435 Sekunden |", "", True),
        ("training_seconds", 1434.5354, "| Trainingszeit | 1.436 Sekunden |", "", False),
        ("train_loss", 0.85752594, "| 学習損失 | 0.8575 |", "", True),
        ("parameters", 8388608, "| Parameters of the adapter | 8,388,608 |", "adapter", True),
        ("parameters", 8388608, "| Parameters | 8,388,609 |", "adapter", False),
        ("task", "fill-mask", "The task of this model is `fill-mask`.", "", True),
        ("task", "fill-mask", "Like `fill-mask`, but better.", "", False),
        ("library", "timm", "import timm", "", True),
        ("library", "timm", "Faster than timm.", "", False),
        ("memory", 6_738_415_616, MEMORY, "8 bits", True),
        ("memory", 6_738_415_616, MEMORY, "16 bits", False),
        ("memory", 3_369_207_808, MEMORY, "4 bits", False),
        ("memory", 6_738_415_616, "Its memory rises to 6.74 GB in 8 bits.", "8 bits", False),
    ],
)
def test_only_words_of_ours_say_what_could_be_read(
    name: str, value: str | float, sentence: str, about: str, holds: bool
) -> None:
    from cardiogram.repository.proof.speaking import stands_in

    assert stands_in(name, value, sentence, about) is holds


WRITTEN = {
    "de": "Dieses Modell ist für die Suche und wurde mit den Daten von uns gemacht. Es wird nicht "
    "auf den Servern der Universität betrieben, und es ist auch ein Versuch für die Lehre. ",
    "fr": "Ce modèle est une version pour la recherche et il a été fait par les membres de notre "
    "équipe. Il ne sert pas dans les cours, et il est aussi un essai pour le laboratoire. ",
    "es": "Este modelo es una versión para la búsqueda y fue hecho por los miembros de nuestro "
    "equipo. No se usa en las clases, y es también un ensayo para el laboratorio de la ciudad. ",
    "zh": "这个模型用于检索，由我们的团队制作。它不用于课堂教学，也是实验室的一次尝试。"
    "我们希望它能帮助更多的人，欢迎大家提出意见和建议。模型仍在改进之中，请谨慎使用它的结果。",
    "ja": "このモデルは検索のために私たちのチームが作りました。授業では使われておらず、研究室での"
    "試みでもあります。多くの人の役に立つことを願っています。結果は注意して使ってください。",
}


@pytest.mark.parametrize("language", sorted(WRITTEN))
@pytest.mark.parametrize("id", [id for id in IDS if id != GATED])
def test_verify_proves_every_sentence_in_each_language(id: str, language: str) -> None:
    card = f"# Model\n\n{WRITTEN[language] * 2}\n"
    base = repositories()[id]
    assert isinstance(base, InMemory)
    files = {**base.contents, "README.md": card.encode()}
    made = InMemory(id, files, info=base.info, history=base.history)
    view = view_card(made)
    assert view.language == language
    changes = list(find_additions(view))
    after, refused = apply_changes(view.readme, changes)
    assert not refused
    assert not unproven(view, changes, after)
    assert len([c for c in changes if c.kind == "section"]) > 1


HARNESS = {
    "results": {"hellaswag": {"acc,none": 0.5734, "acc_stderr,none": 0.004}},
    "versions": {"hellaswag": 1},
}


@pytest.mark.parametrize("language", ["", *sorted(WRITTEN)])
def test_results_are_written_with_their_data_alone(language: str) -> None:
    card = f"# Model\n\n{WRITTEN[language] * 2 if language else 'A small model.'}\n"
    files = {
        "README.md": card.encode(),
        "results_1.json": json.dumps(HARNESS).encode(),
        "all_results.json": b'{"eval_f1": 0.91, "eval_loss": 0.3}',
    }
    view = view_card(InMemory("a/b", files, others={}))
    changes = list(find_additions(view))
    after, _ = apply_changes(view.readme, changes)
    assert "acc, hellaswag" in after.text
    assert "f1" not in after.text
    assert not unproven(view, changes, after)


def test_of_a_copy_and_its_original_the_licence_of_the_original_is_said_once() -> None:
    copy, original = "otters/brook-bnb-4bit", "brook/brook"
    others = {
        ("model", copy): InMemory(
            copy, {"README.md": f"---\nlicense: mit\nbase_model: {original}\n---\n".encode()}
        ),
        ("model", original): InMemory(original, {"README.md": b"---\nlicense: gemma\n---\n"}),
    }
    files = {
        "README.md": f"---\nbase_model: {copy}\n---\n# Otter\n\nA small model.\n".encode(),
        "adapter_config.json": json.dumps(
            {"base_model_name_or_path": copy, "peft_type": "LORA", "r": 8}
        ).encode(),
    }
    draft = improve(InMemory("a/otter", files, others=others))  # type: ignore[arg-type]
    assert [change.id for change in draft.changes].count("add:identity") == 1
    assert draft.after.text.count("Licence of the base model") == 1
    assert "| Licence of the base model | gemma |" in draft.after.text


HEADS = {
    "user": ["Model details", "How to use", "Training data", "Limitations"],
    "newcomer": ["Model details", "How to use", "Limitations", "Training data"],
    "reproducer": ["Model details", "Training data", "How to use", "Limitations"],
    "risk": ["Model details", "Limitations", "Training data", "How to use"],
}


@pytest.mark.parametrize("audience", sorted(HEADS))
def test_what_an_audience_looks_for_comes_first(audience: Audience) -> None:
    view = drafted("mergewright/osprey-7b-slatewing")[0]
    after, _ = apply_changes(view.readme, list(find_additions(view, audience)))
    own = HEADS["user"]
    heads = [h for h in re.findall(r"^## (.+)$", after.text, re.M) if h in own]
    assert heads == HEADS[audience]
    again = view_card(view.repository, after)
    assert not list(find_additions(again, audience))


def test_who_wants_to_reproduce_finds_versions_with_the_settings() -> None:
    view = drafted("quillnest/vit-run3")[0]
    for audience, heading in (("user", "Model details"), ("reproducer", "Training")):
        after, _ = apply_changes(view.readme, list(find_additions(view, audience)))  # type: ignore[arg-type]
        above = after.text.partition("| Saved with |")[0]
        assert re.findall(r"^## (.+)$", above, re.M)[-1] == heading


MERGE = "mergewright/osprey-7b-slatewing"


@pytest.mark.skipif(find_spec("jinja2") is None, reason="jinja2 is not installed")
def test_a_prompt_is_shown_as_the_template_writes_it() -> None:
    after = drafted(MERGE)[2].text
    assert "```text\n<s>[INST] Hello! [/INST]\n```" in after
    assert after.count("Hello!") == 2


def added_to(card: str, config: dict[str, object], words: str = "") -> str:
    """A card with what is added from its configuration and from the card of its base."""
    base = InMemory("a/base", {"README.md": f"# Base\n\n{words}\n".encode()}, others={})
    files = {"README.md": card.encode(), "config.json": json.dumps(config).encode()}
    view = view_card(InMemory("a/b", files, others={("model", "a/base"): base}))
    after, refused = apply_changes(view.readme, list(find_additions(view)))
    assert not refused
    return after.text


def test_a_table_of_one_row_is_not_worth_a_section() -> None:
    card = "# B\n\n## Model description\n\nMore information needed\n"
    one: dict[str, object] = {"architectures": ["HeronModel"]}
    assert added_to(card, one) == card
    assert "| HeronModel |" in added_to(card, {**one, "max_position_embeddings": 512})


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("It was trained on 3 billion words of English books and articles.", True),
        ("Six layers of 384 dimensions, distilled from a larger encoder.", False),
        ("Trained on the data that the base model saw.", False),
        ("Trained on texts of annotators, hence this licence.", False),
        ("It was trained on the texts below.", False),
    ],
)
def test_what_is_quoted_on_data_speaks_of_data_and_of_nothing_beside_it(
    words: str, quoted: bool
) -> None:
    card = "---\nbase_model: a/base\n---\n# B\n\nA model.\n"
    assert (f'says: "{words}"' in added_to(card, {}, words)) is quoted


def test_the_end_of_a_sentence_that_concludes_is_not_quoted() -> None:
    words = "Tuned on conversations that annotators wrote; hence the licence."
    text = added_to("---\nbase_model: a/base\n---\n# B\n\nA model.\n", {}, words)
    assert 'says: "Tuned on conversations that annotators wrote; […]"' in text
