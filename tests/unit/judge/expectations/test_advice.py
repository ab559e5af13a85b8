"""Advice that a publisher can follow: nothing false, nothing twice, the weakest part first."""

import numpy as np
import pytest

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features.vector import CardFeatures
from cardiogram.cards.lint.linter import lint
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.expectations.gaps import (
    Gap,
    explain,
    find_gaps,
    mended_features,
    name_lacks,
    sort_gaps,
)
from cardiogram.judge.expectations.verdicts import decide_all, decide_expectations
from cardiogram.names import CRITERIA, SCORES

JUDGE = embedded_judge()
OPENING = "# Heron\n\nHeron is a small model that tells the birds of a marsh by their calls.\n\n"


def advise(text: str, id: str = "me/heron") -> dict[str, Gap]:
    read = CardFeatures.of(parse_card(text, id=id))
    return {gap.key: gap for gap in find_gaps(read, JUDGE.expect, JUDGE.respond)}


def lacks(card: Card) -> set[str]:
    read = CardFeatures.of(card)
    return {verdict.expectation.key for verdict in decide_expectations(read) if not verdict.is_met}


def test_what_is_part_of_something_missing_is_not_asked_for() -> None:
    gaps = advise(OPENING)
    assert {"limits", "dataset", "numbers", "code", "hyperparameters"} <= gaps.keys()
    parts = {"risks", "splits", "datasets", "comparison", "measured", "results", "demo", "software"}
    assert not parts & gaps.keys()
    assert "risks" in gaps["limits"].advice, "limits and risks are one piece"


def test_a_part_is_asked_for_where_the_whole_is_there() -> None:
    results = (
        "## Evaluation\n\nAccuracy 0.91 and F1 0.89 on 300 calls, 0.84 and 0.80 in the wind.\n"
    )
    assert "comparison" in advise(OPENING + results)


def test_what_is_only_hinted_at_is_offered_where_its_criterion_is_low() -> None:
    text = OPENING + "The accuracy was 3.1 points better than that of last year.\n"
    assert "numbers" not in lacks(parse_card(text))
    assert advise(text)["numbers"].missing == "more results with numbers"
    read = CardFeatures.of(parse_card(text, id="me/heron"))
    high = np.full(9, 3.0)
    kept = find_gaps(read, lambda x: np.vstack([high, *[high + 0.5] * (len(x) - 1)]))
    assert "numbers" not in {gap.key for gap in kept}


@pytest.mark.parametrize(
    ("section", "empty"),
    [
        ("## Usage\n\n## Licence\n\nMIT\n", True),
        ("## Usage\n\n<!-- say how -->\n\n## Licence\n\nMIT\n", True),
        ("## Usage\n\n```python\nx = 1\n```\n\n## Licence\n\nMIT\n", False),
        ("## Usage\n\n![a picture](a.png)\n\n## Licence\n\nMIT\n", False),
        ("## Usage\n\n<br>\n<img src='a.png'>\n\n## Licence\n\nMIT\n", False),
        ("## Usage\n\n### In a browser\n\nOpen it.\n", False),
        ("## Usage\n\n### Known limitations\n\nIt fails in the wind.\n", False),
    ],
)
def test_only_where_nothing_stands_a_section_is_called_empty(section: str, empty: bool) -> None:
    said = [gap.missing for gap in advise(OPENING + section).values()]
    assert any("the section is empty" in words for words in said) == empty


def test_every_section_left_to_be_filled_in_is_called_so_even_where_the_words_are_the_same() -> (
    None
):
    needed = "More information needed\n\n"
    gaps = advise(OPENING + f"## Training data\n\n{needed}## Limitations\n\n{needed}")
    for key in ("dataset", "limits"):
        assert gaps[key].missing.endswith("(the section is not filled in)")


def test_a_setting_of_none_is_no_template() -> None:
    text = OPENING + "## Training procedure\n\n- llm_int8_skip_modules: None\n"
    assert "filled" not in lacks(parse_card(text))
    assert "filled" in lacks(parse_card(text.replace("llm_int8_skip_modules", "Sponsor")))


def test_results_in_the_metadata_alone_are_said_to_stand_there() -> None:
    text = (
        "---\nmodel-index:\n- name: heron\n  results:\n  - task:\n      type: audio\n"
        "    metrics:\n    - type: f1\n      value: 0.9\n---\n"
    )
    assert advise(text + OPENING)["numbers"].missing == "the results stand in the metadata alone"


def test_a_table_of_results_without_a_value_is_no_result() -> None:
    rows = "| ARC (25-shot) | {0} |\n| MMLU (5-shot) | {0} |\n"
    table = f"## Evaluation\n\n| Metric | Value |\n|---|---|\n{rows}"
    empty, filled = (OPENING + table.format(value) for value in ("?", "61.2"))
    assert "numbers" in lacks(parse_card(empty))
    assert "numbers" not in lacks(parse_card(filled))
    gap = advise(empty)["numbers"]
    assert (gap.missing, gap.line) == ("the table of results has no value in it", 7)
    copy = parse_card(empty, id="me/heron-GPTQ")  # asked of a copy, too, that shows such a table
    assert "numbers" in lacks(copy)


def test_where_little_stands_the_whole_is_asked_for_and_no_part() -> None:
    said = "On two benchmarks the accuracy was 3.1 points better than in version 0.4.\n"
    read = CardFeatures.of(parse_card(OPENING + said, id="me/heron"))
    assert "numbers" in {v.expectation.key for v in decide_expectations(read) if v.is_met}
    assert "results" in lacks(parse_card(OPENING + said, id="me/heron"))
    for level, wanted in ((1.6, {"numbers"}), (3.4, {"results"})):
        now = np.full(9, 3.0)
        now[SCORES.index("evaluation")] = level
        gaps = find_gaps(read, lambda x, now=now: np.vstack([now, *[now + 0.5] * (len(x) - 1)]))
        assert {gap.key for gap in gaps} & {"numbers", "results"} == wanted
    assert "more results" in next(
        g.missing for g in find_gaps(read, JUDGE.expect) if g.key == "numbers"
    )


def test_what_was_trained_or_adapted_is_no_copy() -> None:
    unsloth = (
        "This gemma2 model was trained 2x faster with "
        "[Unsloth](https://github.com/unslothai/unsloth) and Huggingface's TRL library.\n"
    )
    card = parse_card(f"---\ntags: [gguf, unsloth]\n---\n# Model\n\n{unsloth}", id="me/heron")
    assert not {"conversion", "loss"} & lacks(card)
    assert {"dataset", "numbers"} <= lacks(card)
    assert "loss" in lacks(parse_card(card.text, id="me/heron-GGUF"))
    merged = "# Heron\n\nThis repo has the final merged model; the LoRA adapter is elsewhere. {}\n"
    assert "dataset" in lacks(parse_card(merged.format(""), id="me/heron"))
    plain = parse_card("# Heron\n\nThis is a merge of two models, merged by hand.\n", id="me/heron")
    assert "dataset" not in lacks(plain)


def test_a_copy_whose_metadata_name_the_data_is_not_told_to_name_them() -> None:
    copy = "# Heron\n\nThis model was converted to GGUF format from `me/heron`.\n"
    assert "origin" in lacks(parse_card(copy, id="me/heron-GGUF"))
    named = parse_card(f"---\ndatasets: [me/calls]\n---\n{copy}", id="me/heron-GGUF")
    assert "origin" not in lacks(named)


def test_a_command_that_trains_runs_no_model() -> None:
    code = "```bash\n{}\n```\n"
    for command, missing in (
        ("yolo detect train data=birds.yaml epochs=10", True),
        ("accelerate launch finetune.py --lr 1e-4", True),
        ("yolo predict model=heron.pt source=bird.jpg", False),
    ):
        assert ("code" in lacks(parse_card(OPENING + code.format(command)))) == missing, command


def test_an_agent_learned_from_no_dataset_and_a_copy_has_no_results_of_its_own() -> None:
    agent = parse_card("---\ntags:\n- reinforcement-learning\n---\n" + OPENING, id="me/heron")
    assert "dataset" not in lacks(agent)
    copy = parse_card(OPENING, id="me/heron-GPTQ")
    assert "loss" in lacks(copy)
    assert "numbers" not in lacks(copy)
    assert "numbers" in lacks(parse_card("---\ntags:\n- merge\n---\n" + OPENING, id="me/heron"))


def test_two_words_for_the_size_of_data_are_no_description_of_it() -> None:
    text = OPENING + "It was tested on 300 samples and 40 sentences.\n"
    read = CardFeatures.of(parse_card(text))
    assert "dataset" not in {v.expectation.key for v in decide_expectations(read) if v.is_met}


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("---\nlibrary_name: peft\n---\n", "me/heron"),
        ("---\ntags:\n- lora\n---\n", "me/heron"),
        ("", "me/heron-lora"),
        ("---\nlicense: mit\n---\n", "me/heron-7b-GGUF"),
        ("---\nlicense: mit\n---\n", "me/heron-AWQ"),
    ],
)
def test_what_needs_another_model_is_told_so_first(text: str, id: str) -> None:
    first = next(iter(advise(text + OPENING, id).values()))
    assert first.key == "base_model"
    assert first.missing.startswith("does not name the model that it was made from")
    named = text + OPENING if text else "---\nlicense: mit\n---\n" + OPENING
    assert "base_model" not in advise(named.replace("---\n", "---\nbase_model: you/stork\n", 1), id)


def test_an_adapter_is_trained_and_not_converted() -> None:
    procedure = (
        "## Training procedure\n\nThe following `bitsandbytes` quantization config was used "
        "during training:\n- quant_method: bitsandbytes\n- load_in_4bit: True\n"
    )
    adapter = parse_card("---\nlibrary_name: peft\n---\n" + OPENING + procedure, id="me/heron")
    read = CardFeatures.of(adapter)
    asked = [verdict.expectation for verdict in decide_all(read).verdicts]
    assert "conversion" not in {expectation.key for expectation in asked}
    copy = parse_card(OPENING + procedure, id="me/heron-GPTQ")
    decided = decide_all(CardFeatures.of(copy))
    applied = [*(verdict.expectation for verdict in decided.verdicts), *decided.hinted]
    assert {"conversion", "origin", "loss"} <= {expectation.key for expectation in applied}
    assert not {"dataset", "hyperparameters"} & {expectation.key for expectation in applied}


def test_other_copies_further_down_make_no_copy_nor_do_few_bits_in_training() -> None:
    listed = OPENING + "## Use\n\nRun it.\n\n" * 4 + "There is a quantized version in 4 bits.\n"
    tuned = OPENING + "It was fine-tuned on 4336 rows of medical data, learning rate 1e-4.\n"
    for text, id in ((listed, "me/heron"), (tuned, "me/heron-bnb-4bit")):
        assert "conversion" not in lacks(parse_card(text, id=id))
        assert "hyperparameters" in lacks(parse_card(text, id=id)) or "learning rate" in text
    for text, id in ((OPENING, "me/heron-bnb-4bit"), (tuned, "me/heron-4bit-GPTQ")):
        assert "loss" in lacks(parse_card(text, id=id))
    said = "# Heron\n\nThis is a quantized version of you/stork.\n"
    assert "loss" in lacks(parse_card(said, id="me/heron"))


@pytest.mark.parametrize(
    "code",
    [
        "```python\nfrom heron import Detector\ndetector = Detector()\n"
        "detector.detect_image('a.png')\n```",
        "```\nimport heron\n\nheron.listen('a.wav')\n```",
        "```bash\nheron-cli --input a.wav\n```",
        "```\n$ heron a.wav\n```",
        "```js\nconst heron = require('heron');\nheron.listen('a.wav');\n```",
        "```python\nimport requests\nrequests.post(URL, json={'inputs': 'a'})\n```",
    ],
)
def test_code_through_a_package_of_ones_own_runs_the_model(code: str) -> None:
    assert "code" not in lacks(parse_card(OPENING + code + "\n", id="me/heron"))


@pytest.mark.parametrize(
    "code",
    [
        "```bash\npip install heron\ngit clone https://github.com/me/heron\n```",
        "```yaml\nmodel: me/heron\nlora_r: 8\n```",
        "```bibtex\n@misc{heron, title={Heron (2024)}}\n```",
    ],
)
def test_an_installation_or_a_configuration_runs_nothing(code: str) -> None:
    assert "code" in lacks(parse_card(OPENING + code + "\n", id="me/heron"))


def test_uses_under_a_heading_with_limitations_are_no_limitations() -> None:
    head = "## Intended uses & limitations\n\n"
    uses = "You can use the raw model for telling the calls of herons, bitterns and rails apart.\n"
    limits = (
        "It may fail on recordings with wind, and it has not been tested on other continents.\n"
    )
    read = CardFeatures.of(parse_card(OPENING + head + uses))
    met = {verdict.expectation.key for verdict in decide_expectations(read) if verdict.is_met}
    assert "limits" not in met
    read = CardFeatures.of(parse_card(OPENING + head + uses + "\n" + limits))
    met = {verdict.expectation.key for verdict in decide_expectations(read) if verdict.is_met}
    assert "limits" in met


def test_names_and_lists_are_legible_whatever_the_metadata_call_the_language() -> None:
    text = "---\nlanguage: sv\n---\n### opus-mt-sv-tiv\n\n* source languages: sv\n* model: align\n"
    assert "limits" in lacks(parse_card(text, id="me/opus-mt-sv-tiv"))


def _gap(key: str, criterion: str, gain: float, own: float) -> Gap:
    return Gap(key, criterion, key, key, 1, gain, own)


def test_the_third_piece_is_of_the_weakest_criterion_where_the_first_two_are_not() -> None:
    level = dict.fromkeys(SCORES, 3.0) | {"limitations": 1.0, "data": 1.2}
    gaps = [_gap(f"u{n}", "usage", 1 - n / 10, 1.0) for n in range(4)]
    gaps.append(_gap("limits", "limitations", 0.0, 0.5))
    keys = [gap.key for gap in sort_gaps(gaps, level)]
    assert keys == ["u0", "u1", "limits", "u2", "u3"]
    gaps.append(_gap("dataset", "data", 0.95, 1.0))
    keys = [gap.key for gap in sort_gaps(gaps, level)]
    assert keys == ["u0", "dataset", "u1", "u2", "u3", "limits"], "data are within 0.25 of it"
    assert sort_gaps(gaps, level, first="limits")[0].key == "limits"


def test_advice_stands_in_the_order_of_the_gains_beside_it() -> None:
    gaps = [_gap("a", "usage", 0.0, 0.5), _gap("b", "data", 0.61, 0.7), _gap("c", "data", 0.59, 1)]
    keys = [gap.key for gap in sort_gaps(gaps)]
    assert keys == ["c", "b", "a"], "0.6 beside 0.6: the criterion tells"


def test_no_piece_without_a_gain_in_its_criterion() -> None:
    read = CardFeatures.of(parse_card(OPENING, id="me/heron"))
    flat = np.full(9, 2.0)
    assert find_gaps(read, lambda x: np.tile(flat, (len(x), 1))) == ()
    gaps = find_gaps(read, JUDGE.expect, JUDGE.respond)
    assert all(gap.criterion_gain >= 0.05 and gap.gain >= 0 for gap in gaps)
    assert all(gap.low is not None and gap.high is not None for gap in gaps)


def test_mending_changes_the_features_that_a_real_section_would() -> None:
    read = CardFeatures.of(parse_card(OPENING, id="me/heron"))
    now = JUDGE.expect([read.vector])[0]
    for criterion in ("usage", "data", "training", "evaluation", "limitations"):
        after = JUDGE.expect([mended_features(read, criterion)])[0]
        assert after[SCORES.index(criterion)] - now[SCORES.index(criterion)] > 0.5, criterion
    assert set(CRITERIA) > {"structure"}
    assert mended_features(read, "structure") == read.vector


@pytest.mark.parametrize(
    ("key", "id", "is_said"),
    [
        ("library_name: peft", "me/heron", True),
        ("license: mit", "me/heron-7b-AWQ", True),
        ("license: mit", "me/heron.GGUF", True),
        ("license: mit", "me/heron_lora", True),
        ("license: mit", "me/heron-explorata", False),
    ],
)
def test_the_linter_says_of_the_same_models_that_their_base_is_missing(
    key: str, id: str, is_said: bool
) -> None:
    card = parse_card(f"---\n{key}\n---\n{OPENING}", id=id)
    assert ("CG120" in {finding.rule for finding in lint(card)}) == is_said


LOADS = (
    "\n## How to Get Started with the Model\n\n```python\nfrom transformers import pipeline\n\n"
    'tell = pipeline("text-classification", model="{}")\nprint(tell("a boom at dawn"))\n```\n'
)


def test_code_that_loads_one_model_is_not_called_missing_where_no_id_is_known() -> None:
    text = OPENING + LOADS.format("harbourlab/tidewhisper-mini")
    gap = advise(text, id="")["code"]
    assert gap.missing == "not known whether the code loads this model"
    assert "'harbourlab/tidewhisper-mini'" in gap.advice
    assert "--id" in gap.advice
    assert name_lacks([gap]) == ("no id given",)
    without, given = (
        JUDGE.rate([parse_card(text, id=id)])[0].scores["overall"].expected
        for id in ("", "harbourlab/tidewhisper-mini")
    )
    assert gap.gain == pytest.approx(given - without, abs=0.002), "what the id itself moves"
    facts = [fact.fact for fact in explain(CardFeatures.of(parse_card(text)))]
    assert gap.missing in facts
    assert not any(fact.startswith("no code") for fact in facts)


@pytest.mark.parametrize(
    "text",
    [
        OPENING,
        OPENING + LOADS.format("path/to-model"),
        OPENING + LOADS.format("some/original").replace("print", 'f(model="a/b")\nprint'),
        OPENING + "- **Finetuned from model:** original\n" + LOADS.format("some/original"),
        "---\nbase_model: some/original\n---\n" + OPENING + LOADS.format("other/original"),
    ],
)
def test_code_that_is_none_of_the_model_s_own_is_not_asked_for_an_id(text: str) -> None:
    gap = advise(text, id="").get("code")
    assert gap is None or "the code loads" not in gap.missing


def test_a_base_that_the_template_s_line_names_is_said() -> None:
    line = "- **Finetuned from model [optional]:** distilbert-base-uncased\n"
    advice = advise(OPENING + line)["base_model"].advice
    assert advice.endswith("; line 5 names 'distilbert-base-uncased'.")
    left = OPENING + line.replace("distilbert-base-uncased", "[More Information Needed]")
    gap = advise(left).get("base_model")
    assert gap is None or "names" not in gap.advice


def test_what_stands_under_no_heading_is_asked_for_under_one_and_no_line_is_named() -> None:
    said = "## Known problems\n\nMissed calls: not for alarms.\n\n## Contact\n\nThe lab.\n"
    gap = advise(OPENING + said)["limits"]
    assert (gap.missing, gap.line) == ("more on limitations", 11)
    assert gap.advice.endswith('risks it has, under a heading such as "Limitations".')
    under = advise(OPENING + said.replace("Known problems", "Limitations"))["limits"]
    assert under.line == 5
    assert "heading" not in under.advice


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("The accuracy is better than that of last year.", "no results with numbers"),
        ("- Mixed-precision: fp16", "no results with numbers"),
        ("- Loss: MultipleNegativesRankingLoss", "no results with numbers"),
        ("The word error rate is 12.1 at sea.", "more results with numbers"),
        ("```\nprecision recall\n0.91 0.88\n```", "more results with numbers"),
        ("- eval_accuracy: 0.8941", "more results with numbers"),
    ],
)
def test_a_result_is_a_number_with_the_name_of_a_measure(said: str, words: str) -> None:
    assert advise(f"{OPENING}{said}\n")["numbers"].missing == words


def test_versions_of_libraries_speak_of_no_data() -> None:
    left = OPENING + "## Training data\n\nTBD\n\n## Made with\n\n- Datasets 2.14.5\n"
    assert advise(left)["dataset"].missing == (
        "the training data is not described (the section is not filled in)"
    )


def test_a_to_do_is_not_filled_in() -> None:
    text = OPENING + "## Limitations\n\n[TODO: provide examples of latent issues]\n"
    gap = advise(text)["limits"]
    assert gap.missing == "no limitations (the section is not filled in)"


def test_data_that_one_sentence_names_is_not_called_undescribed() -> None:
    said = OPENING + "## Training Details\n\nWe trained on 12,000 calls of the marsh.\n"
    gap = advise(said)["dataset"]
    assert (gap.missing, gap.line) == ("more on the training data", 7)
    left = OPENING + "## Training Data\n\n[More Information Needed]\n"
    assert advise(left)["dataset"].missing.startswith("the training data is not described")


@pytest.mark.parametrize(
    ("text", "key", "little", "none"),
    [
        ("## Training Data\n\n{}", "dataset", "812 haiku that I wrote.", "[TODO: name the data]"),
        ("## Limitations\n\n{}", "limits", "Calls in the wind.", "[More Information Needed]"),
        ("## Direct Use\n\n{}", "intended", "Feature engineering.", "[More Information Needed]"),
        ("## Training\n\n{}", "hyperparameters", "- learning_rate: 0.1", "On calls."),
    ],
)
def test_what_stands_there_is_not_denied(text: str, key: str, little: str, none: str) -> None:
    gap = advise(OPENING + text.format(little))[key]
    said = gap.missing
    assert said.startswith("more on ")
    assert name_lacks([gap]) == (said,)
    denied = advise(OPENING + text.format(none))[key]
    assert "more" not in denied.missing


def test_a_sentence_at_the_top_may_say_what_the_model_does() -> None:
    text = "# Haiku\n\n{}\n\n- **Rank:** 16\n"
    said = advise(text.format("It writes a haiku about the word you give."))["purpose"].missing
    assert said == "more on what the model does"
    left = advise(text.format("[More Information Needed]"))["purpose"].missing
    assert left.startswith("does not say what the model does")


def test_results_are_not_asked_for_where_only_an_id_tells_whose_they_are() -> None:
    rows = "".join(f"| heron/{name} | 72.4{n} | 65.5{n} |\n" for n, name in enumerate("ab"))
    text = f"{OPENING}## Performance\n\n| Model | EN | DE |\n|---|---|---|\n{rows}"
    assert "numbers" not in advise(text, id="")
    assert "numbers" in advise(text.replace(".", " "), id="")


def test_a_heading_that_is_filled_in_speaks_in_a_template_too() -> None:
    left = "## Bias\n\n[More Information Needed]\n\n## Preprocessing\n\n{}\n"
    dataset = "## Data\n\n" + "It learned from calls of marsh birds that we recorded at dawn. " * 2
    assert "splits" in lacks(parse_card(OPENING + dataset + "\n\n" + left.format("TBD")))
    assert "splits" not in lacks(parse_card(OPENING + dataset + "\n\n" + left.format("By ear.")))
