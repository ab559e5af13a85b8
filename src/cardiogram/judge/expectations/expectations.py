"""What a reader looks for in a card: each claim can be there or missing, and missing ones cost.

A claim belongs to one criterion of the rubric. `lift` says how the card's counted facts would
change if its author added what is missing, modestly done; the judge then tells what it gains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log1p

from cardiogram.judge.expectations.predicates import (
    Test,
    chats,
    copied,
    filled,
    guides,
    has_data,
    has_key,
    introduces,
    measures,
    own,
    runs,
    says,
    speaks,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a good card has.

    Attributes
    ----------
    holds
        Whether the card has it.
    applies
        Whether the card's kind of model calls for it.
    present, missing, advice
        The fact in plain words either way, and what to do about it.
    topic
        Topic whose section is the place; "" for the metadata, "whole" for the card itself.
    lift
        Feature name to the value it would have at least.
    """

    key: str
    criterion: str
    present: str
    missing: str
    advice: str
    holds: Test
    topic: str = ""
    lift: Mapping[str, float] = field(default_factory=dict)
    applies: Test | None = None


def _section(topic: str, words: int, **more: float) -> dict[str, float]:
    """Features of a topic that gets a short section of its own."""
    return {
        f"{topic}_sections": log1p(1),
        f"{topic}_words": log1p(words),
        **more,
    }


_BOUND_LIMITS = {
    "hedges": log1p(6),
    "limits_words": log1p(50),
    "limits_bound": log1p(10),
    "limits_bound_share": 0.3,
}
"""Limits in words of the card's own."""

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "purpose",
        "identity",
        "says what the model does",
        "does not say what the model does",
        "Open with one sentence: what the model does, for whom, and in which languages.",
        introduces,
        "identity",
        _section("identity", 60, says_purpose=3, first_paragraph=log1p(30), whole_words=log1p(90)),
    ),
    Claim(
        "architecture",
        "identity",
        "names architecture or size",
        "names neither architecture nor size",
        "Name the architecture, the number of parameters and the context length.",
        says("says_parameters", "says_architecture"),
        "identity",
        {"says_parameters": 2, "says_architecture": 2, "identity_numbers": log1p(4)},
    ),
    Claim(
        "author",
        "identity",
        "says who made it",
        "does not say who made it, or when",
        "Say who made the model and when, and give a contact.",
        says("says_author", "says_contact"),
        "identity",
        {"says_author": 1, "says_contact": 1, "contact_words": log1p(10)},
    ),
    Claim(
        "code",
        "usage",
        "code to run the model",
        "no code to run the model",
        "Add a snippet that loads this model by its id and prints a result.",
        runs,
        "usage",
        {
            "usage_sections": log1p(1),
            "usage_code": log1p(12),
            "whole_code": log1p(12),
            "code_blocks": log1p(1),
            "code_import": 2,
            "code_load": 1,
            "code_call": 2,
            "code_with_language": 1,
            "usage_words": log1p(25),
            "lines_python": log1p(12),
            "runs_whole": 3,
            "snippets_parsed": log1p(1),
        },
    ),
    Claim(
        "intended",
        "usage",
        "intended use",
        "no intended use, nothing on what is out of scope",
        "Say what the model is meant for and what it should not be used for.",
        lambda c, f: (
            f.topics["intended"].words >= 12
            or says("says_intended", "says_out_of_scope", at_least=2)(c, f)
        ),
        "intended",
        _section("intended", 50, says_intended=2, says_out_of_scope=2),
    ),
    Claim(
        "prompt",
        "usage",
        "prompt format",
        "no prompt or chat template",
        "Show the prompt or chat template with one filled example.",
        says("code_prompt"),
        "usage",
        {"code_prompt": 3, "usage_code": log1p(8), "whole_code": log1p(8)},
        chats,
    ),
    Claim(
        "demo",
        "usage",
        "a demo to try",
        "no demo or Space to try",
        "Link a Space or a notebook where the model can be tried.",
        says("links_demo"),
        "usage",
        {"links_demo": 1, "says_demo": 1},
    ),
    Claim(
        "dataset",
        "data",
        "training data described",
        "the training data is not described",
        "Name the datasets with a link, their size, languages and source.",
        lambda c, f: (
            f.topics["data"].words >= 15
            or says("says_data_size", "says_data_source", at_least=2)(c, f)
        ),
        "data",
        _section(
            "data",
            60,
            data_numbers=log1p(4),
            says_data_trained=3,
            says_data_size=2,
            says_data_source=1,
            data_links=log1p(1),
            links_dataset=1,
            linked_datasets=log1p(1),
            data_different=log1p(40),
            quantities=log1p(2),
        ),
        has_data,
    ),
    Claim(
        "splits",
        "data",
        "splits or preprocessing",
        "no splits and no preprocessing",
        "Say how the data was split, filtered and preprocessed.",
        says("says_data_split", "says_preprocessing"),
        "data",
        {"says_data_split": 2, "says_preprocessing": 2, "data_words": log1p(60)},
        has_data,
    ),
    Claim(
        "hyperparameters",
        "training",
        "hyperparameters listed",
        "no hyperparameters",
        "List learning rate, batch size, epochs, optimiser and seed.",
        says("says_hyper", "code_config", at_least=2),
        "training",
        _section(
            "training",
            60,
            training_items=log1p(7),
            training_numbers=log1p(8),
            says_hyper=6,
            settings=log1p(6),
        ),
        own,
    ),
    Claim(
        "hardware",
        "training",
        "hardware or time named",
        "hardware and training time not named",
        "Name the hardware, the training time and, if known, the emissions.",
        says("says_hardware", "says_time"),
        "training",
        {"says_hardware": 2, "hardware_named": 1, "says_time": 1},
        own,
    ),
    Claim(
        "software",
        "training",
        "software versions",
        "no software versions",
        "List the versions of the libraries that trained the model.",
        says("says_software"),
        "training",
        {"says_software": 3},
        own,
    ),
    Claim(
        "conversion",
        "training",
        "how it was converted or merged",
        "does not say how it was converted or merged",
        "Say with which tool, version and settings the copy was made.",
        lambda c, f: f.topics["training"].words >= 12 or bool(f.found.get("code_config")),
        "training",
        _section("training", 40, code_config=3, says_software=2, says_recipe=3),
        copied,
    ),
    Claim(
        "numbers",
        "evaluation",
        "results with numbers",
        "no results with numbers",
        "Give the metrics with numbers and the test set they were measured on.",
        measures,
        "evaluation",
        _section(
            "evaluation",
            50,
            evaluation_numbers=log1p(10),
            evaluation_rows=log1p(4),
            says_metric=3,
            tables=log1p(1),
            table_cells=log1p(12),
            rows_metrics=log1p(4),
            measures=log1p(2),
        ),
    ),
    Claim(
        "comparison",
        "evaluation",
        "comparison with other models",
        "no comparison with a baseline",
        "Put a baseline or the base model beside your numbers.",
        says("says_compared"),
        "evaluation",
        {"says_compared": 2, "evaluation_rows": log1p(5)},
        own,
    ),
    Claim(
        "measured",
        "evaluation",
        "says how it was measured",
        "does not say how it was measured",
        "Say on which split, with which tool and settings the numbers were measured.",
        says("says_measured"),
        "evaluation",
        {"says_measured": 2, "evaluation_words": log1p(50)},
        own,
    ),
    Claim(
        "limits",
        "limitations",
        "limitations specific to the model",
        "no limitations",
        "Say where the model fails: inputs, languages, groups, known errors.",
        lambda c, f: f.topics["limitations"].words >= 12,
        "limitations",
        _section(
            "limitations",
            70,
            limitations_items=log1p(3),
            says_limits=4,
            says_bias=1,
            **_BOUND_LIMITS,
        ),
    ),
    Claim(
        "risks",
        "limitations",
        "biases or risks",
        "nothing on bias or risk",
        "Name the biases and risks, and what a user should do about them.",
        lambda c, f: (
            f.topics["limitations"].words >= 12 and says("says_bias", "says_risk", at_least=2)(c, f)
        ),
        "limitations",
        _section("limitations", 90, says_bias=3, says_risk=2, says_advice=2, **_BOUND_LIMITS),
    ),
    Claim(
        "license",
        "metadata",
        "licence in the metadata",
        "no licence in the metadata",
        "Add `license:` with an id from the Hub's list.",
        has_key("license"),
        "",
        {"meta_license": 1, "meta_count": 1, "meta_core": 1},
    ),
    Claim(
        "task",
        "metadata",
        "task in the metadata",
        "no task in the metadata",
        "Add `pipeline_tag:`, so that the task filter finds the model.",
        has_key("task"),
        "",
        {"meta_task": 1, "meta_count": 1, "meta_core": 1},
    ),
    Claim(
        "library",
        "metadata",
        "library in the metadata",
        "no library in the metadata",
        "Add `library_name:`; downloads are counted by the library's rule.",
        has_key("library"),
        "",
        {"meta_library": 1, "meta_count": 1, "meta_core": 1},
    ),
    Claim(
        "language",
        "metadata",
        "language in the metadata",
        "no language in the metadata",
        "Add `language:` with ISO 639 codes.",
        has_key("language"),
        "",
        {"meta_language": 1, "meta_count": 1, "meta_core": 1},
        speaks,
    ),
    Claim(
        "base_model",
        "metadata",
        "base model in the metadata",
        "no base model in the metadata",
        "Add `base_model:`, so that the model appears in its family tree.",
        has_key("base_model"),
        "",
        {"meta_base_model": 1, "meta_count": 1, "meta_core": 1},
    ),
    Claim(
        "datasets",
        "metadata",
        "datasets in the metadata",
        "no datasets in the metadata",
        "Add `datasets:` with the ids of the training data.",
        has_key("datasets"),
        "",
        {"meta_datasets": 1, "meta_count": 1, "meta_core": 1},
        has_data,
    ),
    Claim(
        "results",
        "metadata",
        "results in the metadata",
        "no results in the metadata",
        "Add a `model-index` with your evaluation results.",
        has_key("results"),
        "",
        {"meta_results": 1, "meta_model_index": 1, "meta_count": 2},
        own,
    ),
    Claim(
        "headings",
        "structure",
        "headings guide the reader",
        "no headings to guide the reader",
        "Divide the card with headings: use, data, training, evaluation, limitations.",
        guides,
        "whole",
        {"headings": log1p(5), "sections_filled": log1p(5), "topics": 4},
    ),
    Claim(
        "filled",
        "structure",
        "no unfilled template text",
        "unfilled template text",
        "Fill in the placeholders or remove them.",
        filled,
        "placeholder",
        {},
    ),
    Claim(
        "fences",
        "structure",
        "code fences are closed",
        "a code fence is never closed",
        "Close the fence with ```.",
        lambda c, f: not f.numbers["unclosed_fence"],
        "fence",
        {},
    ),
)
"""All claims, criterion by criterion."""
