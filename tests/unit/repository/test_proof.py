"""Claims, the sidecar and what verify says: nothing that a proof says is believed."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardiogram.cards import parse_card
from cardiogram.errors import DataError
from cardiogram.names import DATA
from cardiogram.repository import Claim, Fact, FactSource, RepositoryFacts
from cardiogram.repository.proof import (
    PROOF,
    Proof,
    QuoteSelector,
    Verification,
    make_proof,
    prove,
    read_proof,
    verify,
    write_proof,
)
from cardiogram.repository.proof.anchors import AnchoredText
from limits import takes_under
from repository_rows import InMemory, needs_rows, repositories

CARD = """---
license: mit
base_model: nest/wren-base
---

# Wren

It has 12 layers and a context of 512 tokens. Its hidden size is 768.

| | |
|---|---|
| Colour | grey |

Written by hand: it is small, and it sings.
"""
CONFIG: dict[str, Any] = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "num_hidden_layers": 12,
    "hidden_size": 768,
    "max_position_embeddings": 512,
    "vocab_size": 30522,
    "_name_or_path": "nest/wren-base",
}


def repository(card: str = CARD, id: str = "nest/wren", **config: Any) -> InMemory:
    values = {key: value for key, value in {**CONFIG, **config}.items() if value is not None}
    files = {"README.md": card.encode(), "config.json": json.dumps(values).encode()}
    base = {"README.md": b"---\nlicense: mit\n---\n# Wren base\n", "config.json": b"{}"}
    others = {("model", "nest/wren-base"): InMemory("nest/wren-base", base, others={})}
    return InMemory(id, files, others=others)


def proof(card: str = CARD) -> Proof:
    return read_proof(write_proof(make_proof(parse_card(card), repository(card))))


def verified(card: str, made: Proof | None, **config: Any) -> Verification:
    return verify(parse_card(card), repository(card, **config), made)


def states(said: Verification) -> dict[str, str]:
    return {sentence.name: sentence.state for sentence in said.sentences if sentence.claimed}


def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(write_proof(proof()))
    return made


def changed(change: Any) -> bytes:
    made = document()
    change(made)
    return json.dumps(made).encode()


# Claims ----------------------------------------------------------------------------------------


def test_the_sentences_that_files_prove_are_claimed() -> None:
    claims = {claim.name: claim for claim in proof().claims}
    assert {"base_model", "layers", "context", "hidden_size"} <= set(claims)
    assert claims["layers"].quote.exact == "It has 12 layers and a context of 512 tokens."
    (source,) = claims["layers"].sources
    assert (source.path, source.pointer, source.value) == (
        "config.json", "/num_hidden_layers", 12,
    )  # fmt: skip


def test_a_card_is_no_proof_of_itself() -> None:
    assert "licence" not in {claim.name for claim in proof().claims}
    for claim in proof().claims:
        assert all(source.path != "README.md" or source.repo for source in claim.sources)


@needs_rows
def test_what_can_be_read_in_two_ways_is_not_claimed() -> None:
    """The title names a size; what else it may mean is not known."""
    from cardiogram.repository.statements import read_statements

    osprey = repositories()["brightmoor/osprey-1.1b-fieldnotes-sft"]
    card = parse_card(osprey.read("README.md"), id=osprey.id)
    assert [s.certain for s in read_statements(card) if s.kind == "parameters"] == [False]
    assert "parameters" not in {claim.name for claim in make_proof(card, osprey).claims}


def test_a_sentence_with_a_secret_is_not_claimed() -> None:
    card = CARD.replace("512 tokens.", "512 tokens, says ann@example.com.")
    names = {claim.name for claim in proof(card).claims}
    assert "hidden_size" in names
    assert "layers" not in names


def test_long_texts_are_cut_in_a_proof() -> None:
    made = proof()
    claims = (replace(made.claims[0], value="x" * 5000),)
    (claim,) = read_proof(write_proof(replace(made, claims=claims))).claims
    assert claim.value == "x" * 500


def test_of_the_same_words_twice_each_is_found_at_its_place() -> None:
    card = CARD + "\n## Again\n\nIts hidden size is 768.\n\nAnd more.\n"
    made = proof(card)
    two = [claim for claim in made.claims if claim.name == "hidden_size"]
    assert len(two) == 2
    above = card.replace("# Wren\n", "# Wren\n\nOne more.\n\nAnd one.\n")
    for claims in (two, two[::-1]):
        said = verified(above, replace(made, claims=tuple(claims)))
        lines = [s.line for s in said.sentences if s.claimed]
        assert lines == [12, 22]


def test_an_id_is_found_as_a_whole() -> None:
    """`nest/wren-base` is no part of `nest/wren-base-chat`."""
    card = CARD.replace("base_model: nest/wren-base", "base_model: nest/wren-base-chat")
    said = verified(card, proof())
    assert states(said)["base_model"] != "holds"
    text = AnchoredText(parse_card("- a/b-7b-chat\n- a/b-7b\n"))
    assert [anchor.line for anchor in text.find(QuoteSelector("- a/b-7b"))] == [2]


def test_what_is_contradicted_is_not_claimed() -> None:
    claims = {claim.name for claim in proof(CARD.replace("12 l", "24 l")).claims}
    assert "hidden_size" in claims
    assert not claims & {"layers", "context"}  # half of that sentence is false


def test_the_same_card_gives_the_same_bytes() -> None:
    assert write_proof(proof()) == write_proof(proof())
    made = write_proof(proof()).decode()
    assert made.endswith("\n")
    assert sum('"target"' in line for line in made.splitlines()) == len(proof().claims)


def test_a_proof_is_valid_by_its_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((DATA / "proof.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert not list(validator.iter_errors(document()))
    wrong = copy.deepcopy(document())
    wrong["predicate"]["claims"][0]["sources"][0]["path"] = "../secret"
    wrong["predicate"]["claims"][1]["how"] = "guessed"
    del wrong["subject"][0]["digest"]
    assert len(list(validator.iter_errors(wrong))) >= 3


def test_a_proof_holds_no_secrets() -> None:
    secret = f"hf_{'Ab1' * 12}"
    card = CARD.replace("# Wren\n", f"# Wren\n\nAsk ann@example.com, {secret}, /home/ann/x.\n")
    text = write_proof(proof(card)).decode()
    assert "12 layers" in text
    for word in (secret, secret[-12:], "ann@example", "/home/ann"):
        assert word not in text


# What verify says ------------------------------------------------------------------------------


def test_all_holds_where_nothing_changed() -> None:
    said = verified(CARD, proof())
    assert set(states(said).values()) == {"holds"}
    assert not said.edited
    assert said.problems == ()


def test_without_a_proof_sentences_are_read() -> None:
    said = verified(CARD, None)
    assert {"layers", "context"} <= {sentence.name for sentence in said.of("holds")}
    assert not any(sentence.claimed for sentence in said.sentences)


def test_an_edit_elsewhere_moves_no_claim() -> None:
    card = CARD.replace("# Wren\n", "# Wren, a bird\n\nA long new paragraph.\n")
    said = verified(card, proof())
    assert said.edited
    assert set(states(said).values()) == {"holds"}
    line = next(sentence.line for sentence in said.sentences if sentence.name == "layers")
    assert line == 10


def test_a_changed_file_that_says_the_same_is_moved() -> None:
    said = verified(CARD, proof(), unheard_of="x")
    assert states(said)["layers"] == "moved"
    assert "config.json" in next(s.why for s in said.sentences if s.name == "layers")


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        ("git:" + "a" * 40, "git:" + "a" * 40, "holds"),
        ("git:" + "a" * 40, "git:" + "b" * 40, "moved"),
        ("sha256:" + "a" * 64, "git:" + "b" * 40, "holds"),  # a folder's proof, read on the Hub
    ],
)
def test_digests_of_one_kind_are_compared(before: str, now: str, state: str) -> None:
    made, here = proof(), repository()
    here.files = {path: replace(file, digest=now) for path, file in here.files.items()}
    (layers,) = [claim for claim in made.claims if claim.name == "layers"]
    sources = tuple(replace(source, digest=before) for source in layers.sources)
    made = replace(made, claims=(replace(layers, sources=sources),))
    assert states(verify(parse_card(CARD), here, made)) == {"layers": state}


def test_a_file_that_says_something_else_contradicts() -> None:
    said = verified(CARD, proof(), num_hidden_layers=24)
    assert states(said)["layers"] == "contradicted"
    (sentence,) = [sentence for sentence in said.of("contradicted") if sentence.name == "layers"]
    assert "24" in sentence.why
    assert sentence.line == 8
    assert states(said)["hidden_size"] == "moved"


def test_a_sentence_that_was_falsified_is_contradicted() -> None:
    said = verified(CARD.replace("12 layers", "48 layers"), proof())
    assert states(said)["layers"] == "contradicted"
    (sentence,) = [sentence for sentence in said.of("contradicted") if sentence.name == "layers"]
    assert "48 layers" in sentence.sentence
    assert sentence.rule == "CG511"
    assert sentence.value == 12


def test_a_sentence_that_was_reworded_is_edited_and_still_true() -> None:
    card = CARD.replace("It has 12 layers and", "Inside are 12 layers, and")
    said = verified(card, proof())
    assert states(said)["layers"] == "edited"
    (sentence,) = [sentence for sentence in said.of("edited") if sentence.name == "layers"]
    assert "The files prove its layers now." in sentence.why


def test_the_same_words_elsewhere_are_not_the_sentence() -> None:
    card = CARD.replace("# Wren\n", "# Wren\n\nNot 768: see below. Its hidden size is 768.5.\n")
    said = verified(card, proof())
    assert states(said)["hidden_size"] == "holds"
    longer = CARD.replace("hidden size is 768.", "hidden size is 768-ish.")
    said = verified(longer, proof())
    assert states(said)["hidden_size"] == "edited"


def test_of_a_sentence_that_stands_twice_an_edit_is_seen() -> None:
    config = {"config.json": b'{"num_hidden_layers": 32, "model_type": "llama"}'}
    text = "# Rook\n\n## Model\n\nIt has 32 layers.\n\n## Again\n\nIt has 32 layers.\n"
    repository = InMemory("a/rook", config)
    proof = make_proof(parse_card(text), repository)
    edited = text.replace("It has 32 layers.", "It has not 32 layers.", 1)
    after = verify(parse_card(edited), repository, proof)
    assert [(each.state, each.line) for each in after.sentences] == [("edited", 5), ("holds", 9)]


def test_a_sentence_that_was_taken_out_is_edited() -> None:
    said = verified(CARD.replace("Its hidden size is 768.", ""), proof())
    (sentence,) = said.of("edited")
    assert (sentence.name, sentence.line) == ("hidden_size", 0)
    assert "taken out" in sentence.why


def test_a_deleted_file_is_gone() -> None:
    alone = InMemory("nest/wren", {"README.md": CARD.encode()}, others={})
    said = verify(parse_card(CARD), alone, proof())
    assert states(said)["layers"] == "gone"
    assert "config.json is not there any more." in {s.why for s in said.of("gone")}


def test_a_deleted_key_is_gone() -> None:
    said = verified(CARD, proof(), num_hidden_layers=None)
    assert states(said)["layers"] == "gone"


def test_a_broken_file_is_no_contradiction() -> None:
    files = {"README.md": CARD.encode(), "config.json": b'{"num_hidden_layers": 12'}
    here = InMemory("nest/wren", files, others=repository()._others)
    said = verify(parse_card(CARD), here, proof())
    assert states(said)["layers"] == "doubtful"
    assert not said.of("contradicted")
    assert any("config.json" in problem for problem in said.problems)


def test_a_renamed_repository_is_named() -> None:
    made, here = proof(), repository(id="nest/bird")
    assert here._others is not None
    renamed = InMemory("nest/bird", {}, others={})
    here._others = {**here._others, ("model", "nest/wren"): renamed}
    said = verify(parse_card(CARD), here, made)
    assert said.problems == ("The proof was written when nest/bird was called nest/wren.",)
    assert set(states(said).values()) == {"holds"}


def test_a_proof_of_another_repository_is_said() -> None:
    said = verify(parse_card(CARD), repository(id="crow/nest"), proof())
    assert "The proof was written for nest/wren, and this is crow/nest." in said.problems


def test_a_proof_of_another_card_is_said() -> None:
    other = "# Crow\n\nA model of 3 words.\n"
    said = verify(parse_card(other), repository(other), proof())
    assert "No sentence of the proof stands in this card." in said.problems


def test_an_answer_is_never_taken_for_a_proof() -> None:
    start = CARD.index("Written")
    words = "Written by hand: it is small, and it sings."
    quote = QuoteSelector(words, start=start, end=start + len(words))
    claim = Claim(quote, "why", "sings", (), "answered", answered_by="Ann", answered_at="2026-11")
    made = read_proof(write_proof(replace(proof(), claims=(claim,))))
    said = verified(CARD, made)
    (sentence,) = [sentence for sentence in said.sentences if sentence.claimed]
    assert sentence.state == "holds"
    assert not sentence.sources
    assert "no file proves it" in sentence.why
    kept = make_proof(parse_card(CARD), repository(), made)
    assert claim.answered_by in {each.answered_by for each in kept.claims}


def claimed(words: str, name: str, value: Any, pointer: str) -> tuple[str, Proof]:
    """A card with one more sentence, and a proof of it alone, as a draft writes it."""
    card = f"{CARD}\n{words}\n"
    quote = QuoteSelector(words, start=len(CARD) + 1, end=len(CARD) + 1 + len(words))
    source = FactSource(value, "config.json", pointer=pointer)
    made = Proof(parse_card(card).sha256, (Claim(quote, name, value, (source,), "read"),))
    return card, made


@pytest.mark.parametrize(
    ("words", "name", "value", "pointer", "state"),
    [
        ("It has 12 attention heads.", "heads", 12, "/num_attention_heads", "holds"),
        ('model = "nest/wren"', "name", "nest/wren", "", "holds"),
        ('model = "nest/bird"', "name", "nest/bird", "", "gone"),
        ("It has 16 attention heads.", "heads", 16, "/num_attention_heads", "contradicted"),
        (
            "Its intermediate size is 9.",
            "intermediate_size",
            9,
            "/intermediate_size",
            "contradicted",
        ),
        ("It does not have 12 heads.", "heads", 12, "/num_attention_heads", "doubtful"),
        ("It has 12 cats.", "heads", 12, "/num_attention_heads", "doubtful"),
        ("It has 1.12 heads.", "heads", 12, "/num_attention_heads", "doubtful"),
        ("Of 12 layers.", "heads", 12, "/num_attention_heads", "doubtful"),
        ("An accuracy of 12 %.", "heads", 12, "/num_attention_heads", "doubtful"),
    ],
)
def test_a_sentence_of_a_draft_holds_by_the_letter(
    words: str, name: str, value: object, pointer: str, state: str
) -> None:
    card, made = claimed(words, name, value, pointer)
    here = repository(card, num_attention_heads=12, intermediate_size=3072)
    assert states(verify(parse_card(card), here, made)) == {name: state}


# Proofs that lie -------------------------------------------------------------------------------


def test_of_several_values_the_nearest_proves() -> None:
    source = FactSource(0.25, "all_results.json", pointer="/eval_loss")
    facts = RepositoryFacts(
        "", facts=tuple(Fact("metric", v, (source,), about="loss") for v in (0.25, 0.2))
    )
    (claim,) = prove(parse_card("# Hare\n\n- Loss: 0.2\n"), facts)
    assert claim.value == 0.2


def test_a_false_claim_cannot_be_made_to_hold_by_hand() -> None:
    """The sentence, the value, the source's value and the digest are all forged to agree."""
    card = CARD.replace("12 layers", "48 layers")
    made = make_proof(parse_card(CARD), repository())
    forged = []
    for claim in made.claims:
        if claim.name == "layers":
            exact = claim.quote.exact.replace("12", "48")
            sources = tuple(replace(s, value=48, digest="") for s in claim.sources)
            claim = replace(
                claim, quote=replace(claim.quote, exact=exact), value=48, sources=sources
            )
        forged.append(claim)
    made = replace(made, sha256=parse_card(card).sha256, claims=tuple(forged))
    said = verify(parse_card(card), repository(card), read_proof(write_proof(made)))
    assert states(said)["layers"] == "contradicted"


def test_a_claim_on_another_subject_does_not_hold() -> None:
    """A true fact under a sentence that says something else proves nothing."""
    made = make_proof(parse_card(CARD), repository())
    start = CARD.index("Written")
    words = "Written by hand: it is small, and it sings."
    quote = QuoteSelector(words, start=start, end=start + len(words))
    (layers,) = [claim for claim in made.claims if claim.name == "layers"]
    said = verified(CARD, replace(made, claims=(replace(layers, quote=quote),)))
    assert states(said) == {"layers": "doubtful"}


def test_a_value_that_was_altered_is_said() -> None:
    made = proof()
    claims = [
        replace(claim, value=13, sources=tuple(replace(s, value=13) for s in claim.sources))
        if claim.name == "layers"
        else claim
        for claim in made.claims
    ]
    said = verified(CARD, replace(made, claims=tuple(claims)))
    assert sum("altered" in problem for problem in said.problems) == 2
    assert states(said)["layers"] == "holds"  # the sentence is true, whatever the proof says


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not believed"),
        (b"[]", "no in-toto Statement"),
        (b"{" * 100_000, "not believed"),
        (b'{"_type": 1, "_type": 2}', "not believed"),
        (b" " * (3 << 20), "bytes"),
        (b"\xff\xfe", "not believed"),
        (changed(lambda d: d.update(predicateType="urn:x")), "predicateType"),
        (changed(lambda d: d.update(subject=[])), "no subject"),
        (changed(lambda d: d["subject"][0]["digest"].update(sha256="0")), "no subject"),
        (changed(lambda d: d.update(predicate=[])), "predicate"),
        (changed(lambda d: d["predicate"].update(claims=[1])), "no object"),
        (changed(lambda d: d["predicate"].update(claims=[{}] * 1001)), "1,001 claims"),
        (changed(lambda d: d["predicate"]["claims"][0].update(name="x")), "which no fact has"),
        (changed(lambda d: d["predicate"]["claims"][0].update(how="x")), "how 'x'"),
        (changed(lambda d: d["predicate"]["claims"][0].update(unit=1)), "unit"),
        (changed(lambda d: d["predicate"]["claims"][0].update(target={})), "selector"),
        (changed(lambda d: d["predicate"]["claims"][0].update(sources=[{}] * 101)), "sources"),
    ],
)
def test_what_is_no_proof_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=re.escape(PROOF)) as caught:
        read_proof(data)
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("path", "../../etc/passwd"),
        ("path", "/etc/passwd"),
        ("path", "a/../../b"),
        ("path", "a\\b"),
        ("path", "a\0b"),
        ("repo", "https://example.com/x"),
        ("repo", "../x"),
        ("pointer", "x"),
        ("commit", "main"),
        ("digest", "sha256:0"),
        ("line", -1),
        ("line", True),
        ("size", 3),
        ("quote", "x" * 5000),
    ],
)
def test_a_forged_source_is_refused(key: str, value: object) -> None:
    def forge(made: dict[str, Any]) -> None:
        made["predicate"]["claims"][0]["sources"][0][key] = value

    with pytest.raises(DataError, match=re.escape(PROOF)):
        read_proof(changed(forge))


def test_no_file_is_read_because_a_proof_names_it() -> None:
    made = proof()
    secret = FactSource("x", "secret.json", pointer="/x")
    claims = tuple(replace(claim, sources=(secret, *claim.sources)) for claim in made.claims)
    here = repository()
    here.contents = {**here.contents, "secret.json": b'{"x": "x"}'}
    verify(parse_card(CARD), here, replace(made, claims=claims))
    assert "secret.json" not in here.reads


def test_a_proof_costs_a_bounded_time() -> None:
    made = proof()
    quote = QuoteSelector("a" * 4000, "a" * 32, "a" * 32)
    claims = tuple(replace(claim, quote=quote) for claim in made.claims[:1] * 1000)
    card = CARD + "a" * 500_000
    many = replace(made, claims=claims)
    assert takes_under(20, lambda: verify(parse_card(card), repository(card), many))


def test_a_long_line_costs_a_bounded_time() -> None:
    card = f"# Wren\n\n{'It has 12 layers and 7B parameters. ' * 8000}\n"
    said = []
    assert takes_under(15, lambda: said.append(verify(parse_card(card), repository(card))))
    assert said[0].of("holds")


def test_the_schema_is_shipped() -> None:
    assert Path(DATA / "proof.schema.json").is_file()
