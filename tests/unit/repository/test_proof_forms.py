"""facts and verify as commands: screens, forms, exit codes, files."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cardiogram.cards import parse_card
from cardiogram.cli import main
from cardiogram.repository.proof import Claim, Proof, QuoteSelector, verify
from made_repositories import made
from repository_rows import check_sources, needs_rows, repositories

CARD = """---
license: mit
---

# Wren

It has 12 layers and a context of 512 tokens. Its hidden size is 768.
"""
CONFIG = {"model_type": "bert", "num_hidden_layers": 12, "hidden_size": 768}
CONFIG["max_position_embeddings"] = 512


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    write(tmp_path)
    return tmp_path


def write(folder: Path, card: str = CARD, **config: object) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "README.md").write_text(card)
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words, prog_name="cardiogram")


def as_json(*words: str) -> Any:
    return json.loads(run(*words, "--json").stdout)


# facts -----------------------------------------------------------------------------------------


def test_facts_stand_with_their_places() -> None:
    result = run("facts", ".")
    assert (result.exit_code, result.stderr) == (0, "")
    (line,) = [line for line in result.stdout.splitlines() if "bert" in line]
    assert line.endswith("config.json /model_type")


def test_facts_as_json() -> None:
    made = as_json("facts", "README.md")
    assert set(made) == {"repo", "commit", "facts", "problems", "disagreements"}
    (layers,) = [fact for fact in made["facts"] if fact["name"] == "layers"]
    (source,) = layers["sources"]
    assert (layers["value"], source["path"], source["pointer"]) == (
        12, "config.json", "/num_hidden_layers",
    )  # fmt: skip
    assert source["digest"].startswith("sha256:")


@needs_rows
def test_facts_of_a_model_are_one_screen() -> None:
    from cardiogram.report.terminal import Look, render_facts
    from cardiogram.repository import read_facts

    for id, repository in repositories(fourteen=True).items():
        facts = read_facts(repository)
        check_sources(repository, facts.facts)
        for width in (60, 80):
            lines = render_facts(id, facts, look=Look(width)).splitlines()
            assert len(lines) <= 25, id
            assert max(map(len, lines)) <= width, id
        whole = render_facts(id, facts, look=Look(detail="all"))
        assert all(fact.name.replace("_", " ") in whole for fact in facts.facts)


@needs_rows
def test_what_no_field_says_is_said_to_be_counted() -> None:
    from cardiogram.improve import improve
    from cardiogram.report.terminal import Look, render_facts

    made = improve(repositories()["brightmoor/osprey-1.1b-fieldnotes-sft"])
    base = improve(repositories()["ospreylm/osprey-7b"])
    for draft, place in (
        (made, "model.safetensors (counted over its header)"),
        (base, "model.safetensors.index.json (counted over the headers of 2 files)"),
    ):
        assert place in render_facts(draft.id, draft.facts, look=Look(120, detail="all"))


@needs_rows
def test_a_verified_card_is_one_screen() -> None:
    from cardiogram.cards import parse_card
    from cardiogram.check import VerifiedCard
    from cardiogram.report.terminal import Look, render_verified
    from cardiogram.repository.proof import verify

    for id, repository in repositories(fourteen=True).items():
        if "README.md" in repository.files and not repository.info.get("gated"):
            card = parse_card(repository.read("README.md"), id=id)
            verified = VerifiedCard(id, verify(card, repository))
            for width in (60, 80):
                lines = render_verified([verified], look=Look(width)).splitlines()
                assert len(lines) <= 25, id
                assert max(map(len, lines)) <= width, id


@needs_rows
def test_cyclonedx_is_valid_by_the_official_schema() -> None:
    validation = pytest.importorskip("cyclonedx.validation.json")
    schema = pytest.importorskip("cyclonedx.schema")
    pytest.importorskip("jsonschema")
    from cardiogram.cards import parse_card
    from cardiogram.repository import read_facts
    from cardiogram.repository.contradictions import find_contradictions
    from cardiogram.repository.proof import prove, write_cyclonedx

    validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
    declared = false = 0
    for id, repository in repositories(fourteen=True).items():
        facts = read_facts(repository)
        claims: Any = ()
        against: Any = ()
        card = None
        if "README.md" in repository.files and not repository.info.get("gated"):
            card = parse_card(repository.read("README.md"), id=id)
            against = find_contradictions(card, facts, repository)
            claims = prove(card, facts, against)
        known: Any = {"card": card, "contradictions": against, "files": repository.files.values()}
        text = write_cyclonedx(id, facts, claims, **known)
        assert text == write_cyclonedx(id, facts, claims, **known)
        assert validator.validate_str(text) is None, id
        made = json.loads(text)
        assert made["metadata"]["component"]["version"] == repository.commit
        declarations = made.get("declarations", {})
        for claim in declarations.get("claims", ()):
            assert ("evidence" in claim) != ("counterEvidence" in claim)
            sure = claim["bom-ref"].startswith("claim-")
            declared, false = declared + sure, false + (not sure)
        refs = {each["bom-ref"] for each in declarations.get("evidence", ())}
        assert len(refs) == len(declarations.get("evidence", ()))
    assert declared > 20
    assert false > 5


@needs_rows
def test_cyclonedx_marks_what_files_prove_and_what_the_card_alone_says() -> None:
    from cardiogram.cards import parse_card
    from cardiogram.repository import read_facts
    from cardiogram.repository.proof import write_cyclonedx

    repository = repositories()["norrklang/murmur-small-sv"]
    card = parse_card(repository.read("README.md"), id=repository.id)
    files = repository.files
    text = write_cyclonedx(repository.id, read_facts(repository), card=card, files=files.values())
    model = json.loads(text)["metadata"]["component"]
    described = model["modelCard"]
    marks = {mark["name"]: mark["value"] for mark in described["properties"]}
    assert {name.split(":")[1] for name in marks} == {"proved", "said"}
    assert marks["cardiogram:said:licenses"] == "README.md /license"
    assert marks["cardiogram:proved:modelParameters.architectureFamily"].startswith("config.json")
    assert marks["cardiogram:proved:file:README.md"] == "model card"
    assert marks["cardiogram:said:considerations.technicalLimitations"].startswith("README.md line")
    heading, _, quote = described["considerations"]["technicalLimitations"][0].partition(": ")
    assert f"## {heading}" in card.text
    assert quote in " ".join(card.text.split())
    hashes = {part["name"]: part["hashes"][0]["content"] for part in model["components"]}
    assert hashes["model.safetensors"] == files["model.safetensors"].digest.removeprefix("sha256:")
    assert "README.md" not in hashes  # of which a blob's id is known
    assert all(repository.commit in each["url"] for each in model["externalReferences"])


def test_cyclonedx_has_no_login_and_no_doubt(folder: Path) -> None:
    token = "hf_" + "AbCdEfGhIjKlMnOpQr" * 2
    words = f"It has 24 layers, says {token}. There is a hidden size of 1024."
    write(folder, f"# Wren\n\n{words}\n\n## Limitations\n\nNone with {token} in it.\n")
    text = run("facts", ".", "--format", "cyclonedx").stdout
    assert token not in text
    assert "It has 24 layers, says [token]." in text
    assert "In doubt" in run("verify", ".").stdout
    assert text.count('"bom-ref": "contradicted-') == 1
    assert "None with [token] in it." in text


def test_cyclonedx_of_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    from cardiogram.repository import open_folder, read_facts
    from cardiogram.repository.proof import write_cyclonedx

    assert (
        b'"name": "wren?"'
        in write_cyclonedx("wren\udcff", read_facts(open_folder(tmp_path))).encode()
    )


def test_cyclonedx_quotes_no_template_no_code_and_no_heading_alone() -> None:
    from cardiogram.cards import parse_card
    from cardiogram.repository.proof.own_sections import read_own_sections

    text = (
        "## Direct use\n\n[More Information Needed]\n\n## Out-of-scope use\n\nNo diagnoses.\n\n"
        "## Limitations\n\n```\ncode\n```\n\n- Fails on *scans*.\n- None\n\n## Bias\n"
    )
    own = read_own_sections(parse_card(text))
    assert own.uses == ("Out-of-scope use: No diagnoses.",)
    assert own.limitations == ("Limitations: Fails on scans.",)
    assert own.lines == {"useCases": "lines 7-7", "technicalLimitations": "lines 15-15"}


def test_many_contradictions_are_one_screen() -> None:
    from cardiogram.check import VerifiedCard
    from cardiogram.report.terminal import Look, render_verified
    from cardiogram.repository.proof import STATES, Verification, Verified

    sentences = tuple(
        Verified(state, "layers", line, f"Sentence {line} {'x' * 90}", "why " * 30)
        for state in STATES
        for line in range(1, 20)
    )
    verified = VerifiedCard("nest/wren", Verification("nest/wren", "", "0" * 64, sentences))
    for width in (60, 80):
        lines = render_verified([verified], look=Look(width)).splitlines()
        assert len(lines) <= 25
        assert max(map(len, lines)) <= width
        assert any(line.startswith("Contradicted (") for line in lines)
    whole = render_verified([verified], look=Look(detail="all"))
    assert whole.count("“Sentence") == (len(STATES) - 1) * 19  # what holds has its places instead


# verify ----------------------------------------------------------------------------------------


def test_verify_says_what_is_false_and_where(folder: Path) -> None:
    write(folder, num_hidden_layers=24)
    result = run("verify", ".")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].endswith("1 statement contradicted")
    assert any(line.lstrip().startswith("7 “It has 12 layers") for line in lines)
    assert "CG511" in result.stdout
    assert "24" in result.stdout
    assert len(lines) <= 25


def test_verify_of_a_true_card() -> None:
    result = run("verify", "README.md")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "nothing contradicted, 3 of 4 statements proven" in result.stdout
    assert "1 statement is neither proven nor contradicted: licence." in result.stdout
    said = run("verify", "-v", "README.md").stdout
    assert "Neither proven nor contradicted\n    2 licence: “license: " in said


def test_a_card_that_only_says_what_files_prove_is_proven(folder: Path) -> None:
    write(folder, CARD.replace("license: ", "x: "))
    result = run("verify", ".")
    assert "nothing contradicted, 3 statements proven" in result.stdout
    assert "neither" not in result.stdout
    write(folder, f"{CARD}\n" + "The calls of a wren are many.\n" * 40_000)
    assert "README.md: the file is over 1 MiB and was cut there" in run("verify", ".").stdout


def test_a_proof_is_written_and_read(folder: Path) -> None:
    assert run("verify", "--write", ".").exit_code == 0
    path = folder / "README.proof.json"
    first = path.read_bytes()
    assert str(folder).encode() not in first
    assert "Its proof has 3 claims." in run("verify", ".").stdout
    write(folder, CARD.replace("# Wren", "# Wren, again"))
    assert "edited since" in run("verify", ".").stdout
    run("verify", "--write", ".")
    assert path.read_bytes() != first
    write(folder)
    run("verify", "--write", ".")
    assert path.read_bytes() == first


def test_a_proof_whose_file_is_deleted_is_said(folder: Path) -> None:
    run("verify", "--write", ".")
    (folder / "config.json").unlink()
    (folder / "other.json").write_text("{}")
    result = run("verify", ".")
    assert result.exit_code == 0
    assert "3 statements without a proof now" in result.stdout
    assert "config.json is not there any more." in result.stdout


def test_a_proof_that_is_none_is_refused_and_can_be_written_anew(folder: Path) -> None:
    (folder / "README.proof.json").write_text("{}")
    result = run("verify", ".")
    assert result.exit_code == 2
    assert "README.proof.json is not believed" in result.stderr
    assert run("verify", "--write", ".").exit_code == 0


def test_a_proof_of_another_file_has_its_name(folder: Path) -> None:
    (folder / "README.md").rename(folder / "draft.md")
    run("verify", "--write", "draft.md", "--id", "a/b")
    assert (folder / "draft.proof.json").is_file()


def test_write_needs_a_file() -> None:
    result = run("verify", "--write", "nest/wren")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_many_cards_are_a_list_the_worst_first(folder: Path) -> None:
    write(folder / "a")
    write(folder / "b", num_hidden_layers=24)
    result = run("verify", "a", "b")
    assert result.exit_code == 1
    head, first, why, second, *_, total = result.stdout.splitlines()
    assert head.split() == ["false", "doubt", "proven", "card"]
    assert first.split() == ["1", "0", "2", "of", "4", "b"]
    assert why == "       line 7: The card says 12 layers; config.json says 24."
    assert second.split() == ["0", "0", "3", "of", "4", "a"]
    assert total == "1 of 2 cards says what files contradict."
    (folder / "README.md").unlink()
    assert run("verify", ".").stdout.count("\n") == result.stdout.count("\n")


def test_a_list_names_what_is_new_and_not_proven(folder: Path) -> None:
    (folder / "before.md").write_text(CARD)
    write(folder / "a", num_hidden_layers=24)
    write(folder / "b", f"{CARD}\nIts accuracy is 97.3 %.\n", num_hidden_layers=24)
    result = run("verify", "a", "b", "--against", "before.md")
    head, first, *whys, second, _, _, _ = result.stdout.splitlines()
    assert head.split() == ["false", "new", "doubt", "proven", "card"]
    assert first.split()[:3] == ["1", "1", "0"]
    assert first.endswith(" b")
    assert [why.split(":")[0].strip() for why in whys] == ["line 7", "line 9"]
    assert second.split()[:3] == ["1", "0", "0"]
    shown = run("verify", "a", "b", "--against", "before.md", "--format", "github").stdout
    assert shown.splitlines()[0].startswith("::error file=b/README.md")  # what is new comes first


def test_if_card_leaves_out_what_is_none(folder: Path) -> None:
    (folder / "README.md").write_text("# left-pad\n\n## Installation\n\n    npm i left-pad\n")
    assert run("verify", ".").exit_code == 2
    result = run("verify", "--if-card", ".")
    assert result.exit_code == 0
    assert "left out" in result.stderr


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown", "github"])
def test_every_form_says_the_contradiction(folder: Path, form: str) -> None:
    write(folder, num_hidden_layers=24)
    result = run("verify", "--format", form, ".")
    assert result.exit_code == 1
    assert "It has 12 layers" in result.stdout
    assert "24" in result.stdout


def test_github_and_sarif(folder: Path) -> None:
    write(folder, num_hidden_layers=24)
    github = run("verify", "--format", "github", ".").stdout
    assert github.startswith("::error file=README.md,line=7,title=CG511 Contradicted::")
    (sarif,) = json.loads(run("verify", "--format", "sarif", ".").stdout)["runs"]
    (result,) = sarif["results"]
    assert (result["ruleId"], result["level"]) == ("CG511", "error")
    rules = sarif["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == "CG511"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}


def test_what_a_card_says_cannot_leave_its_form(folder: Path) -> None:
    card = CARD.replace("It has 12 layers", "It\x1b[2J <b>|::error:: `has` 12 layers")
    write(folder, card, num_hidden_layers=24)
    for form in ("text", "markdown", "github"):
        text = run("verify", "--format", form, ".").stdout
        assert "\x1b[2J" not in text
    (row,) = [
        line
        for line in run("verify", "--format", "markdown", ".").stdout.splitlines()
        if "layers" in line
    ]
    assert row.count(" | ") == 3


def test_what_no_file_proves_is_named(folder: Path) -> None:
    assert (
        "no file proves it: licence (line 2)." in run("verify", "--format", "markdown", ".").stdout
    )
    write(folder, CARD + "\nIt gets an accuracy of 97.3 %, at a learning rate of 2e-5.\n")
    said = run("verify", "--format", "markdown", ".")
    assert said.exit_code == 0
    words = "no file proves it: licence (line 2), learning rate (line 9) and metric (line 9)."
    assert words in said.stdout
    unproven = as_json("verify", ".")[0]["unproven"]
    assert [(each["name"], each["line"]) for each in unproven][1:] == [
        ("learning_rate", 9),
        ("metric", 9),
    ]


def test_a_new_claim_in_doubt_is_refused(folder: Path) -> None:
    before = "# Wren\n\nA parrot lives for 24 years.\n"
    (folder / "before.md").write_text(before)
    write(folder, f"{before}\nThere are 24 layers.\n")
    assert run("verify", ".").exit_code == 0
    said = run("verify", "--against", "before.md", ".")
    assert (said.exit_code, said.stdout.count("There are 24 layers.")) == (1, 1)


def test_what_stands_too_far_down_is_not_said_to_hold(folder: Path) -> None:
    words = "Words.\n\n"
    write(folder, f"{CARD}\n{words * 1990}It has 24 layers.\n")
    assert run("verify", ".").exit_code == 1
    write(folder, f"{CARD}\n{words * 2000}It has 24 layers.\n")
    assert "too long to be read whole; nothing from line 4000 on is" in run("verify", ".").stdout


def test_what_is_new_and_proven_by_no_file_is_refused(folder: Path) -> None:
    (folder / "before.md").write_text(CARD)
    assert run("verify", "--against", "before.md", ".").exit_code == 0
    write(folder, f"{CARD}\nIt gets an accuracy of 97.3 %. Its vocabulary is 30,522 tokens.\n")
    assert run("verify", ".").exit_code == 0
    for form in ("text", "markdown", "github", "sarif", "json"):
        said = run("verify", "--against", "before.md", "--format", form, ".")
        assert said.exit_code == 1
        assert "97.3" in said.stdout
        assert "licence" not in said.stdout.lower() or form != "github"
    said = as_json("verify", "--against", "before.md", ".")[0]
    assert said["counts"]["unproven"] == 2
    assert [each["name"] for each in said["unproven"]] == ["licence"]
    (folder / "answers.yaml").write_text("results: The accuracy is 97.3 %.\n")
    assert run("verify", "--against", "nowhere", ".").exit_code == 2


def test_a_first_card_must_be_proven_or_answered(folder: Path) -> None:
    (folder / "README.md").unlink()
    (folder / "none.md").write_bytes(b"")
    (folder / "answers.yaml").write_text("licence: mit\nresults: Its accuracy is 97.3 %.\n")
    assert run("improve", ".", "--answers", "answers.yaml", "--write").exit_code == 0
    assert "97.3" in (folder / "README.md").read_text()
    said = run("verify", "--against", "none.md", ".")
    assert (said.exit_code, "mit" in (folder / "README.md").read_text()) == (0, True), said.stdout
    (folder / "README.proof.json").unlink()
    assert run("verify", "--against", "none.md", ".").exit_code == 1


# check -----------------------------------------------------------------------------------------


def test_check_shows_what_files_contradict(folder: Path) -> None:
    assert "The files say something else" not in run("check", ".").stdout
    write(folder, num_hidden_layers=24)
    result = run("check", ".")
    assert result.exit_code == 0
    assert "The files say something else" in result.stdout
    assert len(result.stdout.splitlines()) <= 25
    assert "::error file=README.md,line=7,title=CG511" in run(
        "check", "--format", "github", "."
    ).stdout.replace("./", "")  # fmt: skip
    assert run("check", "--select", "CG5", ".").exit_code == 1
    assert "CG511" not in run("check", "--ignore", "CG5", ".").stdout


def test_check_of_a_card_alone_reads_no_files(folder: Path) -> None:
    alone = folder / "alone"
    alone.mkdir()
    (alone / "README.md").write_text(CARD)
    assert "CG5" not in run("check", "--json", "alone").stdout


def test_check_shows_three_contradictions_and_names_verify(folder: Path) -> None:
    write(folder, num_hidden_layers=3, hidden_size=5, max_position_embeddings=9)
    card = CARD + "\nIt is stored in 4 bits. The dimensions are 12.\n\nIts vocabulary: 9.\n"
    write(folder, card, num_hidden_layers=3, hidden_size=5, max_position_embeddings=9)
    shown = run("check", ".").stdout
    assert shown.count(" CG5") <= 3


def test_what_an_edit_brings(folder: Path) -> None:
    """New claims in doubt, changed answers, and what nobody can read."""
    (folder / "before.md").write_text(CARD)
    (folder / "answers.yaml").write_text("limitations: It fails on notes of 9,400 words.\n")
    assert run("improve", ".", "--answers", "answers.yaml", "--write").exit_code == 0
    assert run("verify", "--against", "before.md", ".").exit_code == 0
    good = (folder / "README.md").read_text()

    def said(card: str) -> tuple[int, str]:
        (folder / "README.md").write_text(card)
        result = run("verify", "--against", "before.md", ".")
        return result.exit_code, result.stdout

    code, text = said(good.replace("license: mit", "license: mit\nbase_model: a/b-13b"))
    assert (code, "New, and not proven" in text) == (1, True)
    code, text = said(good.replace("9,400", "19,400"))
    assert (code, "The author’s answer was another." in text) == (1, True)
    assert run("verify", "--write", ".").exit_code == 0
    assert run("improve", ".", "--write").exit_code == 0
    assert run("verify", "--against", "before.md", ".").exit_code == 1  # it is not forgotten
    (folder / "README.md").write_text(good)
    run("verify", "--write", ".")
    end = "\nRun this model like this:\n\n    wren\n"
    code, text = said(f"{good}\n## Contact\n\nWrite to us about this model.\n{end}")
    line = f"{good}\n## Contact\n\n".count("\n") + 1
    assert (code, f"nothing to prove it with: lines {line}, {line + 4}." in text) == (0, True)
    assert as_json("verify", "--against", "before.md", ".")[0]["unread"] == [line, line + 4]
    assert "Taken out" not in text


def test_what_an_edit_takes_out_is_named_and_not_refused(folder: Path) -> None:
    kept = f"{CARD}\n## Limitations\n\nIt fails on short notes.\n\nMore information needed.\n"
    (folder / "before.md").write_text(kept)
    write(folder, CARD)
    for form in ("text", "markdown"):
        said = run("verify", "--against", "before.md", "--format", form, ".")
        line = kept[: kept.index("It fails on short")].count("\n") + 1
        assert said.exit_code == 0
        assert f"of the card as it was: line {line}. " in said.stdout
    write(folder, f"{CARD}\n## Limits\n\n- It fails on short notes.\n")
    assert as_json("verify", "--against", "before.md", ".")[0]["taken_out"] == []


def test_a_large_card_is_compared_in_no_time() -> None:
    """Many lines, all new or all as they were, and a proof of answers that are gone."""
    lines = "".join(f"Line {n} of {n * 7919 % 10007} words.\n\n" for n in range(2_000))
    claims = [
        Claim(QuoteSelector(f"An answer of {n} words, gone."), "limitations", "", (), "answered")
        for n in range(300)
    ]
    before = parse_card(f"# Wren\n\n{lines}", id="a/b")
    for text in (lines.replace("words", "birds"), f"{lines}One line more of many words.\n"):
        repository = made({"README.md": f"# Wren\n\n{text}", "config.json": CONFIG})
        card = parse_card(repository.read("README.md"), id="a/b")
        started = time.process_time()
        verify(card, repository, Proof("0" * 64, tuple(claims), "a/b"), before=before)
        assert time.process_time() - started < 20  # 0.5 to 1


def test_a_new_number_is_refused_where_nobody_said_it(folder: Path) -> None:
    (folder / "before.md").write_text(CARD)
    write(folder, f"{CARD}\nIt scores 67.5 on MMLU.\n")
    said = run("verify", "--against", "before.md", ".")
    assert said.exit_code == 1
    assert "value: No file has 67.5, MMLU, and nobody has answered for it." in said.stdout
    assert run("verify", ".").exit_code == 0
    write(folder)
    (folder / "answers.yaml").write_text("results: It scores 67.5 on MMLU.\n")
    assert run("improve", ".", "--answers", "answers.yaml", "--write").exit_code == 0
    assert "67.5" in (folder / "README.md").read_text()
    assert run("verify", "--against", "before.md", ".").exit_code == 0
    refused = run("verify", "--against", "before.md", "a/b")
    assert (refused.exit_code, refused.stdout) == (2, "")


@needs_rows
def test_cyclonedx_has_no_licence_proved_by_files_of_another() -> None:
    from cardiogram.repository import read_facts
    from cardiogram.repository.proof import write_cyclonedx

    repository = repositories()["helio-quants/osprey-7b-chat-GGUF"]
    model = json.loads(write_cyclonedx(repository.id, read_facts(repository)))
    component = model["metadata"]["component"]
    assert component["licenses"][0]["license"]["id"] == "Apache-2.0"
    marks = {mark["name"]: mark["value"] for mark in component["modelCard"]["properties"]}
    assert marks["cardiogram:said:licenses"] == "README.md /license"
    assert "cardiogram:proved:licenses" not in marks
    assert marks["cardiogram:proved:licence:GGUF"] == "cc-by-nc-4.0"
