"""What each published column means, and its unit: the words of the dataset's card."""

from __future__ import annotations

from dataclasses import dataclass

from cardiogram.names import SCORES


@dataclass(frozen=True, slots=True)
class Field:
    """A column in words; `unit` is a unit, a range or a form, "" where there is none."""

    meaning: str
    unit: str = ""


_ID = Field("model on the Hub; the key between the configurations", "owner/name")
_SHA = Field("SHA-256 of README.md as it came; null without a card", "hexadecimal")

MODELS = {
    "id": _ID,
    "author": Field("user or organisation that owns it"),
    "sha": Field("commit that was read", "hexadecimal"),
    "created_at": Field("when the repository was created", "UTC; never before 2022-03-02"),
    "last_modified": Field("when it was last changed", "UTC"),
    "downloads": Field("downloads of the last 30 days, as the Hub counts them", "downloads"),
    "downloads_all_time": Field("downloads since the Hub began to count", "downloads"),
    "likes": Field("likes, all time", "likes"),
    "trending_score": Field("the Hub's own score of what is rising", "no unit"),
    "tags": Field("all tags of the model"),
    "pipeline_tag": Field("its task", "the Hub's list"),
    "library_name": Field("its library", "the Hub's list"),
    "license": Field("licence of the model, as it states it", "the Hub's list"),
    "base_model": Field("models that it was made from", "owner/name"),
    "gated": Field("whether one must ask for access", "false, auto or manual"),
    "parameters": Field("number of parameters, where the Hub knows it", "parameters"),
    "stratum": Field("stratum of the sample: decile of downloads and task, or `all`"),
    "weight": Field("how many listed models this one stands for", "models"),
    "problems": Field("problem codes on the way to the card"),
    "card_sha256": _SHA,
    "card_bytes": Field("size of README.md as it came", "bytes"),
    "card_url": Field("the card at the commit that was read", "address"),
    "card_included": Field("whether its text is in configuration `cards`"),
    "fetched_at": Field("when the row was read", "UTC"),
}

RATINGS = {
    "id": _ID,
    "card_sha256": Field("the card that was rated", "hexadecimal"),
    "input_sha256": Field("SHA-256 of all that the judge saw", "hexadecimal"),
    "judge": Field("id of the judge"),
    "judge_version": Field("version of its weights or prompt"),
    "rubric_version": Field("rubric that it rated by"),
    "status": Field("`rated`; anything else has no numbers"),
    **{
        name + part: Field(f"the rating: {what}", unit)
        for name in SCORES
        for part, what, unit in (
            ("", "whole number", "1 to 5"),
            ("_expected", "the judge's expectation", "1 to 5"),
            ("_low", "lower bound of its 90 % interval", "1 to 5"),
            ("_high", "upper bound of its 90 % interval", "1 to 5"),
        )
    },
    "evidence": Field(
        "facts behind the rating: criterion, fact, lines of the card, effect; of "
        "judges that may quote the card, the fact is left out",
        "lines from 1",
    ),
    "cost_usd": Field("what the answer cost", "US dollars"),
    "problems": Field("problem codes of the card that was rated"),
    **{
        f"{name}_levels": Field(
            "the rating: probability of each level 1 to 5, where the judge gives one", "0 to 1"
        )
        for name in SCORES
    },
    "answers": Field("every answer behind the rating, where the judge is asked more than once"),
    "model": Field("the model that answered, as its provider names it"),
    "calls": Field("answers received for this rating", "calls"),
    "input_tokens": Field("tokens of the prompts, as the provider counted them", "tokens"),
    "cached_tokens": Field("those of them that the provider had kept", "tokens"),
    "output_tokens": Field("tokens of the answers", "tokens"),
    "seconds": Field("time from request to answer, summed over the calls", "seconds"),
    "answered_by": Field("the judge that answered, where several stand behind one"),
}
"""Columns of the ratings that are published, as far as the study has them."""

KEPT_BACK = {
    "reason": "a language model's own words, which may quote the card",
    "quotes": "the card's words",
}
"""Columns of the ratings that are not published, and why; a column in neither list is not either.
"""

MAP = {
    "id": _ID,
    "x": Field("place on the map, left to right", "no unit"),
    "y": Field("place on the map, bottom to top", "no unit"),
    "cluster": Field("number of its segment; -1 where it belongs to none"),
    "segment": Field("name of that segment"),
    "strength": Field("how firmly it belongs there", "0 to 1"),
    "outlier": Field("whether it stands apart from every segment"),
}

CARDS = {
    "card_sha256": Field("SHA-256 of README.md as it came; the key to `models`", "hexadecimal"),
    "ids": Field("models that carry this text", "owner/name"),
    "license": Field("licence that allows passing it on", "the Hub's list"),
    "url": Field("where it was read", "address"),
    "text": Field("the whole card, with LF line ends", "Markdown"),
    "bytes": Field("size of README.md as it came", "bytes"),
}
