"""What each column of a study's tables means; make_docs.py fails where one is missing."""

from __future__ import annotations

LISTED = {
    "id": "`owner/name` on the Hub",
    "author": "user or organisation that owns it; the unit of the cluster intervals",
    "sha": "commit that was read",
    "created_at": "when the repository was created",
    "last_modified": "when it was last changed",
    "downloads": "downloads of the last 30 days, as the Hub counts them",
    "downloads_all_time": "downloads since the Hub began to count",
    "likes": "likes, all time",
    "trending_score": "the Hub's own score of what is rising now",
    "tags": "all tags of the model",
    "pipeline_tag": "its task",
    "library_name": "its library",
    "license": "licence, from the tags",
    "base_model": "models that it was made from, from the tags",
    "gated": "`false`, `auto` or `manual`: whether one must ask for access",
    "parameters": "number of parameters, where the Hub knows it",
    "stratum": "stratum of the sample: decile of downloads and task, or `all`",
    "weight": "how many listed models this one stands for",
    "problems": "problem codes on the way to the card: see [problems](problems.md)",
}

COLUMNS: dict[str, dict[str, str]] = {
    "snapshots": {
        "id": LISTED["id"],
        "downloads": LISTED["downloads"],
        "downloads_all_time": LISTED["downloads_all_time"],
        "likes": LISTED["likes"],
        "taken_at": "when the Hub gave them",
        "problems": "problem codes of a model without counts, or under another name by now",
    },
    "listing": LISTED,
    "models": {
        **LISTED,
        "card_sha256": "SHA-256 of README.md as it came; the key of `cards`, null without a card",
        "fetched_at": "when the row was written",
    },
    "cards": {
        "card_sha256": "SHA-256 of README.md as it came; each text is stored once",
        "front_matter": "YAML between the two `---` lines; null where there is none",
        "body": "the text below it, with LF line ends",
        "body_line": "line of the card on which the body starts, from 1",
        "bytes": "size of README.md as it came",
        "problems": "problem codes that its bytes show, before it is parsed: see "
        "[problems](problems.md)",
    },
    "features": {
        "id": "`owner/name`, as in `models`",
        "card_sha256": "the card that was counted",
        "input_sha256": "SHA-256 of all that a judge sees of it, as in `ratings`",
        "key": "SHA-256 of all that the row depends on; another one counts again",
        "problems": "all problem codes of the text: see [problems](problems.md)",
        "vector": "the numbers that the built-in judge rates by, in the order of "
        "`cardiogram.cards.features.FEATURE_NAMES`",
        "traits": "whether the model has each of `cardiogram.cards.features.TRAITS`",
        "pieces": "what a map sees of the text: a line a block, its shape and its words",
        "fields": "what a map sees of the metadata, the tags and the id",
        "facets": "what rules know of the model: labs, formats, families, tasks, ...",
    },
    "ratings": {
        "id": "`owner/name`, as in `models`",
        "card_sha256": "the card that was rated",
        "input_sha256": "SHA-256 of all that the judge saw: the text and, where they stand in for "
        "the front matter, the tags",
        "judge": "id of the judge, such as `embedded`",
        "judge_version": "version of its weights or prompt; another version rates again",
        "rubric_version": "rubric that it rated by",
        "status": "`rated`, `abstained`, `refused`, `unparsed` or `failed`; only `rated` has "
        "numbers",
        "SCORE": "whole number, 1 to 5",
        "SCORE_expected": "the judge's expectation, 1 to 5, before it is made whole",
        "SCORE_low": "lower bound of the 90 % interval",
        "SCORE_high": "upper bound of the 90 % interval",
        "evidence": "the facts behind the rating, one entry each",
        "evidence.criterion": "criterion that the fact belongs to",
        "evidence.fact": "the fact in words",
        "evidence.first_line": "first line of the place it speaks of",
        "evidence.last_line": "last line of that place",
        "evidence.effect": "how far it moved the criterion's expectation; 0 where the judge does "
        "not measure it",
        "cost_usd": "what the answer cost, in US dollars; null where the price is not known",
        "problems": "problem codes of the card that was rated",
        "reason": "why the overall rating is what it is, or why there is none; null for the "
        "built-in judge, as are the columns below",
        "quotes": "the judge's evidence in the card's own words, one entry each",
        "quotes.criterion": "criterion that the quote supports",
        "quotes.text": "the words",
        "quotes.found": "whether they stand on the card; false is unsupported evidence",
        "quotes.first_line": "first line of the place; 0 where they were not found",
        "quotes.last_line": "last line of the place",
        "SCORE_levels": "probability of each level 1 to 5, where the judge gives one",
        "answers": "every answer behind the rating, where the judge is asked more than once",
        "answers.repeat": "number of the answer, from 0",
        "answers.order": "the criteria in the order in which they were asked",
        "answers.status": "how this answer ended",
        "answers.scores": "its nine whole numbers, overall first; empty unless it is rated",
        "model": "the model that answered, as the provider names it",
        "calls": "answers received for this rating, those asked again included",
        "input_tokens": "tokens of the prompts, as the provider counted them",
        "cached_tokens": "those of them that the provider had kept from earlier calls",
        "output_tokens": "tokens of the answers",
        "seconds": "time from request to answer, summed over the calls",
        "answered_by": "who of a cascade or panel gave the rating; null where the judge itself did",
    },
    "map": {
        "id": "`owner/name`, as in `models`; a model without a card is not on the map",
        "card_sha256": "the text that was placed",
        "x": "place on the map, from -1 to 1; distances within a neighbourhood mean something, "
        "those across the map do not",
        "y": "the same, upwards",
        "cluster": "number of its segment; -1 for an outlier",
        "segment": "name of its segment, as in `segments.json`; null for an outlier",
        "strength": "how firmly it belongs there, 0 to 1; 0 for an outlier",
        "outlier": "whether it is in no segment",
        "known": "segments that rules see in it, whatever the clusters say: `big lab`, "
        "`quantised`, `adapter` ...",
    },
}
"""Table to column to meaning; SCORE stands for each of the nine numbers."""
