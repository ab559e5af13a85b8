"""What a data set's card says of its rows and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.passages import Passage
from cardiogram.repository.statements.quantity import Quantity, find_amounts
from cardiogram.repository.statements.statement import Statement
from cardiogram.repository.statements.whose import is_of_another, is_of_others, names_in

_SPLITS = {
    "train": r"train(?:ing)?|trainings\w*|entraînement|entrenamiento|träning\w*",
    "validation": r"validation|valid|val|dev|development|validierung\w*|validación|validering\w*",
    "test": r"test(?:ing)?",
}
_SPLIT = "|".join(_SPLITS.values())
_ROW = (
    r"rows?|examples?|samples?|instances?|records?|entries|data points?|zeilen|beispielen?|"
    r"lignes?|exemples?|filas|ejemplos?|righe|esempi|linhas|exemplos?|rader|exempel"
)
_UNIT = (
    rf"{_ROW}|pairs?|sentences?|questions?|tickets?|images?|plates?|recordings?|utterances?|"
    r"documents?|conversations?|instructions?|reviews?|tweets?|articles?|triplets?|paare|sätze|"
    r"fragen|bilder|aufnahmen|dokumente|paires|phrases|pares|frases|inspelningar|meningar|frågor"
)
_AFTER = regex(rf"\s+(?:[^\W\d]\S* ){{0,3}}?(?P<unit>{_UNIT})\b(?!-)", re.I)
_ROWS_LABEL = regex(
    rf"(?:(?:total )?(?:number|count|#) (?:of )?|num_|total )?(?:{_ROW})(?: count)?\Z", re.I
)
_SPLIT_LABEL = regex(rf"(?:the )?(?P<split>{_SPLIT})(?:[ -](?:set|split|data))?\Z", re.I)
_TOTAL_LABEL = regex(r"(?:total|all|sum|gesamt|summe|insgesamt|totalt)\Z", re.I)
_SPLIT_BEFORE = regex(
    rf"\b(?P<split>{_SPLIT})(?: (?:set|split|data|part))?"
    r"(?: (?:has|contains|holds|consists of|comprises|with|of)|:| ?\(| ?=) ?\Z",
    re.I,
)
_SPLIT_AFTER = regex(
    rf"\s+(?:(?:{_UNIT})\s+)?(?:(?:for|in|are for|im|für)\s+)?(?:the\s+)?(?P<split>{_SPLIT})"
    rf"(?!,? (?:and |und |et |y |och |or )?(?:{_SPLIT})\b)"
    rf"(?: (?:set|split|{_UNIT})\b|(?=\s?(?:[,;.)/&]|\b(?:and|und|et|y|och)\b|\Z)))",
    re.I,
)
_WHOLE = regex(
    r"(?:\b(?:this|the|our|dieser|der|unser|ce|le|este|el|o|questo|il|detta|den här) "
    r"(?:data ?set|corpus|datensatz|korpus|jeu de données|conjunto de datos|datamängden?)|\A\W*it) "
    r"(?:has|contains|consists of|comprises|holds|enthält|umfasst|besteht aus|hat|contient|"
    r"compte|comprend|contiene|tiene|innehåller|består av)(?: a total of| in total)?"
    r"(?: (?:about|around|roughly|approximately|over|more than|rund|etwa|environ))?[ ~]*\Z",
    re.I,
)
_OPENS = regex(
    r"\W{0,6}(?:(?:about|around|roughly|approximately|over|more than|"
    r"rund|etwa|environ|ungefär)[ ~]{1,3})?\Z",
    re.I,
)
_PART = regex(
    r"\s*(?:of|with|that|which|where|in|from|for|about|mit|von|aus|im|avec|de|dans|con|med|som)\b",
    re.I,
)
_GROUPED = regex(r"\d{1,3}(?:[.,]\d{3})+\Z")
_COLUMNS = regex(
    r"(?:data(?:set)? )?(?:fields?|features?|columns?|spalten|felder|colonnes|columnas|kolumner)\Z",
    re.I,
)
_NAME = regex(r"[A-Za-z_]\w{0,60}\Z")


def read_data_rows(view: CardView) -> Iterator[Statement]:
    """How many rows a data set and its splits are said to have; nothing of a model's card."""
    info = view.card.metadata.values.get("dataset_info")
    if not isinstance(info, list | dict):
        return
    splits = _splits_of(info)
    for passage in view.pairs():
        yield from _of_label(view, passage, splits)
    opening = next((p for p in view.sentences() if p.place == "text"), None)
    for passage in view.sentences():
        if passage.place == "text" and not passage.about and not is_of_another(passage.text):
            yield from _of_sentence(view, passage, splits, opens=passage is opening)


def read_columns(view: CardView) -> Iterator[Statement]:
    """Columns that a list or table under their heading names."""
    if "dataset_info" not in view.card.metadata.values:
        return
    for passage in view.pairs():
        name = (passage.row or passage.label).strip(" `\"'*")
        headed = passage.headings and _COLUMNS.match(passage.headings[-1].strip(" :"))
        if not headed or not _NAME.match(name) or _COLUMNS.match(name):
            continue
        if passage.row and passage.label.strip(" `") == passage.row.strip(" `"):
            continue  # each row of a table of two columns comes twice
        line = view.find_line(name, passage.first, passage.first, passage.last)
        quote = view.quote(line, name)
        yield Statement("dataset_columns", name, line, quote, passage.place)


def _splits_of(info: object) -> Mapping[str, str]:
    """Names of the splits, by the word that people use for each."""
    configs = info if isinstance(info, list) else [info]
    splits: dict[str, str] = {}
    for config in configs:
        named = config.get("splits") if isinstance(config, dict) else None
        for split in named if isinstance(named, list) else ():
            name = str(split.get("name")) if isinstance(split, dict) else ""
            splits.setdefault(_plain_split(name), name)
    return splits


def _plain_split(word: str) -> str:
    matching = (name for name, words in _SPLITS.items() if re.fullmatch(words, word, re.I))
    return next(matching, word)


def _of_label(view: CardView, passage: Passage, splits: Mapping[str, str]) -> Iterator[Statement]:
    label, row = passage.label.strip(" `*"), passage.row.strip(" `*")
    if any(map(is_of_others, passage.headings)) or any(map(names_in, passage.headings[1:])):
        return
    table = passage.place == "table"
    if table and _ROWS_LABEL.match(row) and not _ROWS_LABEL.match(label):
        label, row = row, label
    split = _SPLIT_LABEL.match(row if table else label)
    whole = _TOTAL_LABEL.match(row) if table else passage.about == "" and _ROWS_LABEL.match(label)
    if table and not _ROWS_LABEL.match(label):
        return
    if not (split or whole) or (passage.about and not table):
        return
    amounts = list(find_amounts(passage.text, view.comma))
    if not amounts or re.search(r"\w", passage.text[: amounts[0].start]):
        return
    quantity = _counted(amounts[0], passage.text)
    unit = _AFTER.match(passage.text[quantity.end :])
    if not (table or unit or _ROWS_LABEL.match(label)):
        return  # of tokens, hours or files
    about = splits.get(_plain_split(split["split"].lower()), "") if split else ""
    if about or whole:
        yield _say(view, passage, quantity, about)


def _of_sentence(
    view: CardView, passage: Passage, splits: Mapping[str, str], *, opens: bool
) -> Iterator[Statement]:
    text = passage.text
    amounts = [_counted(each, text) for each in find_amounts(text, view.comma)]
    for quantity in amounts:
        before, after = text[: quantity.start], text[quantity.end : quantity.end + 120]
        if quantity.value % 1 or view.subject(passage, WordSpan(*quantity[3:]))[0]:
            continue
        split = _SPLIT_BEFORE.search(before) or _SPLIT_AFTER.match(after)
        unit = _AFTER.match(after)
        if split and (unit or len(amounts) > 1):
            about = splits.get(_plain_split(split["split"].lower()), "")
            if about:
                yield _say(view, passage, quantity, about, unit["unit"] if unit else "")
            continue
        if unit is None or re.search(rf"\b(?:{_SPLIT})\b", text, re.I):
            continue
        if (opens and _OPENS.match(before)) or (
            (said := _WHOLE.search(before))
            and ("total" in said[0] or not _PART.match(after[unit.end() :]))
        ):
            yield _say(view, passage, quantity, "", unit["unit"])


def _counted(quantity: Quantity, text: str) -> Quantity:
    """A count: its thousands may be grouped as in another language than the card's."""
    digits = text[quantity.start : quantity.end]
    if not quantity.value % 1 or not _GROUPED.match(digits):
        return quantity
    value = float(re.sub(r"\D", "", digits))
    return Quantity(value, value, value, quantity.start, quantity.end)


def _say(
    view: CardView, passage: Passage, quantity: Quantity, about: str, unit: str = "rows"
) -> Statement:
    """Rows, or what the card calls them: a ticket or a document may be several rows."""
    unit = "rows" if re.fullmatch(_ROW, unit, re.I) else unit
    rows = int(quantity.value)
    return view.say("dataset_rows", rows, passage, quantity, unit=unit, about=about)
