"""What a report shows, gathered from a study folder: plain values that JSON can carry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal, TypeAlias
from urllib.parse import quote

from cardiogram.analysis import Results
from cardiogram.judge import Evidence, Rubric, load_rubric
from cardiogram.maps import Standing, find_standing
from cardiogram.publish import OWN_WORDS, LicensedTexts, SharedTexts
from cardiogram.report.data.match import CardPair, select_pairs
from cardiogram.report.data.model_choice import MAX_OPENED, SAMPLE, choose_models
from cardiogram.report.data.origin import StudyOrigin
from cardiogram.report.data.shown_models import (
    EvidenceOf,
    ShownMap,
    ShownModel,
    measure_evidence,
    read_evidence,
    read_models,
    read_shown_map,
)
from cardiogram.report.data.texts import CardText, read_texts
from cardiogram.store import Study

Carried: TypeAlias = Literal["all", "compared"]

_MODEL_ID = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Payload:
    """Everything that a page shows.

    Attributes
    ----------
    folder
        Name of the study's folder.
    models, total
        Those that are shown, the most downloaded first, and how many there are.
    texts
        Sources of cards by their hashes, as many as the page may carry.
    evidence
        What moved the ratings of the most downloaded models.
    map
        None where the study has no map.
    pairs
        Poor and good cards to compare, the best pair first.
    standing
        Where the cards of few authors stand beside the Hub's.
    notes
        What was left out of the page, in sentences.
    permitted
        Hashes of the cards whose texts may be shown, the most wanted first.
    judge
        Whose evidence may be shown; "" for nobody's.
    """

    folder: str
    origin: StudyOrigin
    results: Results
    rubric: Rubric
    models: tuple[ShownModel, ...]
    total: int
    texts: Mapping[str, CardText]
    evidence: EvidenceOf
    map: ShownMap | None
    pairs: tuple[CardPair, ...]
    standing: Standing | None
    notes: tuple[str, ...]
    permitted: tuple[str, ...] = ()
    judge: str = ""

    def histogram(self, name: str) -> Mapping[int, int]:
        """Cards by score 1-5 of one of the nine numbers."""
        rating = self.results.ratings.get(name)
        return dict.fromkeys(range(1, 6), 0) if rating is None else rating.histogram

    def link(self, id: str) -> str | None:
        """Address of a model's page on the Hub; None where the id is not one of the Hub's."""
        if self.origin.hub is None or not _MODEL_ID.fullmatch(id):
            return None
        return f"{self.origin.hub}/{quote(id)}"

    def text(self, model: ShownModel) -> CardText | None:
        """Give the source of a model's card, where the page has it."""
        return self.texts.get(model.card_sha256 or "")

    def evidence_of(self, model: ShownModel) -> tuple[Evidence, ...]:
        """Give what moved a model's rating, where the page has it."""
        return self.evidence.get(model.card, ())


def build_payload(
    study: Study,
    *,
    judge: str | None = None,
    texts: Literal["all"] | SharedTexts = "all",
    carried: Carried = "all",
) -> Payload:
    """Gather what the report of a study shows.

    Parameters
    ----------
    study
        A study folder that `analyze` has run on.
    judge
        Id of the judge whose ratings are shown; by default the one that was analyzed.
    texts
        Card texts that may be shown. Of a page that is passed on, no other quotation of a card is
        shown either, nor where on this machine its data lie.
    carried
        Cards whose texts and evidence are read: as many as a file may carry, or those that are
        compared, where the page asks for the others.

    Raises
    ------
    DataError
        There is no results.json yet, or a file of the study cannot be read.
    """
    results = Results.load(study.results_path)
    used = judge or results.judge.id
    choice = choose_models(study)
    shown = read_models(study, used, choice)
    may_show = _permitted(study, texts, {model.card_sha256 or "" for model in shown})
    pairs = select_pairs([model for model in shown[:MAX_OPENED] if may_show(model.card_sha256)])
    compared = [model for pair in pairs for model in (pair.poor, pair.good)]
    wanted = dict.fromkeys(model.card_sha256 for model in (*compared, *shown))
    permitted = tuple(sha for sha in wanted if sha and may_show(sha))
    opened = shown[:MAX_OPENED] if carried == "all" else ()
    first = {model.card_sha256 for model in compared}
    carried_texts = [sha for sha in permitted if carried == "all" or sha in first]
    read = read_texts(study, carried_texts)
    payload = Payload(
        folder=study.root.resolve().name,
        origin=StudyOrigin.of(study.manifest()),
        results=results,
        rubric=load_rubric(),
        models=tuple(shown),
        texts=read.by_sha,
        evidence={
            **read_evidence(study, used, {model.card for model in opened}),
            **measure_evidence(study, used, compared),
        },
        map=read_shown_map(study, [model.id for model in shown], choice),
        total=choice.total,
        pairs=tuple(pairs),
        standing=read_standing(study, results),
        notes=tuple(_left_out(choice.total, len(shown))),
        permitted=permitted,
        judge=used,
    )
    if carried == "all":
        wanted_texts = [m.card_sha256 for m in shown if may_show(m.card_sha256)]
        left_out = (*_unopened(choice.total), *read.left_out(wanted_texts))
        payload = replace(payload, notes=(*payload.notes, *left_out))
    if texts == "all":
        return payload
    return _without_quotations(payload, len(read.by_sha if carried == "all" else permitted))


def _permitted(study: Study, texts: str, wanted: Set[str]) -> Callable[[str | None], bool]:
    """Whether the card of a hash may be shown."""
    if texts == "all":
        return lambda sha: True
    hashes = sorted(wanted) if texts == "licensed" else []
    allowed = LicensedTexts(study).allow(hashes).tolist() if hashes else []
    shared = {sha for sha, is_allowed in zip(hashes, allowed, strict=True) if is_allowed}
    return lambda sha: sha in shared


def _without_quotations(payload: Payload, count: int) -> Payload:
    """The same without what a card says in a judge's or a problem's words, and without paths.

    Parameters
    ----------
    count
        Texts that can be read.
    """
    is_ours = payload.results.judge.id in OWN_WORDS
    models = (
        replace(model, problems=tuple(words.partition(" (")[0] for words in model.problems))
        for model in payload.models
    )
    said = f"Of the card texts, {count:,} are here: those whose licence allows passing them on."
    return replace(
        payload,
        origin=replace(payload.origin, path=PurePath(payload.origin.path).name),
        models=tuple(models),
        evidence=payload.evidence if is_ours else {},
        judge=payload.judge if is_ours else "",
        notes=(*payload.notes, said if count else "No card's text is in this page."),
    )


def _left_out(models: int, shown: int) -> Iterator[str]:
    if models > shown:
        yield (
            f"The table and the map hold {shown:,} of {models:,} models: the {MAX_OPENED:,} most "
            f"downloaded and a random sample of {SAMPLE:,} of all. Plots of single models are of "
            "the sample; the statistics use all models."
        )


def _unopened(models: int) -> Iterator[str]:
    if models > MAX_OPENED:
        yield f"What a card shows is here for the {MAX_OPENED:,} most downloaded models."


def read_standing(study: Study, results: Results) -> Standing | None:
    """Compare a study of few authors with the shipped map; None of any other study."""
    if results.work is None:
        return None
    ratings = {id: card.rating for id, card in results.work.cards.items() if card.rating}
    judge = results.judge.version if results.judge.id == "embedded" else ""
    return find_standing(study, ratings, results.work.authors, judge)
