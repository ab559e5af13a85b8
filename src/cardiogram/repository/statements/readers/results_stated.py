"""Results that a card states: in the model-index, in lists, tables and prose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.passages import Passage
from cardiogram.repository.statements.quantity import AMOUNT, Quantity, read_quantity
from cardiogram.repository.statements.statement import Statement

_METRICS = {
    "accuracy": (
        r"(?:eval |test |validation |top-?1 |mean )?(?:accuracy|acc\.?|genauigkeit|"
        r"exactitude|exactitud|precisión global|acurácia|accuratezza|noggrannhet|正确率|"
        r"准确率|正解率|정확도)"
    ),
    "f1": (
        r"(?:eval |test |macro[- ]|micro[- ]|weighted[- ]|overall )?f1(?:[- ]?(?:score|"
        r"wert|measure))?"
    ),
    "precision": r"(?:eval |test |macro |overall )?precision(?: score)?",
    "recall": r"(?:eval |test |macro |overall )?recall(?: score)?",
    "loss": r"(?:eval(?:uation)? |test |validation )?loss",
    "wer": (
        r"(?:test |eval )?(?:wer|word error rate|wortfehlerrate|ordfelsfrekvens)(?: "
        r"\(%\)| \[%\])?"
    ),
    "cer": r"(?:test |eval )?(?:cer|character error rate)(?: \(%\)| \[%\])?",
    "bleu": r"(?:sacre)?bleu(?: score)?",
    "rouge1": r"rouge-?1",
    "rouge2": r"rouge-?2",
    "rougel": r"rouge-?l",
    "rougelsum": r"rouge-?lsum",
    "exact_match": r"exact[ _]match|em",
    "perplexity": r"perplexity|ppl",
    "mse": r"mse|mean squared error",
    "mae": r"mae|mean absolute error",
    "rmse": r"rmse",
    "matthews_correlation": r"matthews[ _]correlation|mcc",
    "pearson": r"pearson(?: r)?",
    "spearman": r"spearman(?: r)?",
    "auc": r"(?:roc[- _]?)?auc",
    "chrf": r"chr-?f\+{0,2}",
    "map": r"map(?:@[\d.:]+)?",
    "mean_reward": r"mean[_ ]reward",
    "gen_len": r"gen len",
}
_METRIC = [(name, regex(rf"(?:{pattern})\Z", re.I)) for name, pattern in _METRICS.items()]
_VALUE = regex(
    rf"\A[~≈* ]*{AMOUNT} ?(?P<percent>%|per ?cent|Prozent)?(?=\s*(?:[,;.(±+]|\Z|\s))", re.I
)
_IN_WORDS = (
    r"(?P<metric>accuracy|acc\b\.?|f1(?:[- ]?score)?|wer|word error rate|bleu|"
    r"precision|recall|perplexity|genauigkeit|exactitude)"
)
_OF_SPLIT = r"(?:(?:final|overall|mean|eval(?:uation)?|test|validation|dev|top-1) )?"
_IN_PROSE = tuple(
    regex(pattern, re.I)
    for pattern in (
        rf"(?<![\w-]){_IN_WORDS}(?: score| rate| \(WER\))?(?: of| is| was|:| =| von| de|=)+ ?"
        r"(?P<number>\d+(?:[.,]\d+)?)(?P<word>) ?(?P<percent>%)?",
        rf"(?<![\w-]){_IN_WORDS}(?: score)? (?P<number>\d{{1,3}}(?:[.,]\d+)?(?= ?%)|0?[.,]\d{{2,6}}"
        r"|\d\d[.,]\d{1,4})(?P<word>) ?(?P<percent>%)?(?![\w+-])",
        rf"(?<![\w.,+/-])(?P<number>\d{{1,3}}(?:[.,]\d+)?(?= ?%)|0?[.,]\d{{2,6}})(?P<word>) ?"
        rf"(?P<percent>%)? {_OF_SPLIT}{_IN_WORDS}(?! ?(?:[-+/@]|\w+-|of\b|drop|los[st]|gain|point|"
        r"improve|increase|decrease|decline|degrad|reduc|difference|gap|threshold|target|recover|"
        r"retention|penalty|boost|on average))",
    )
)
"""A metric with its result, in three orders of words."""
_LOOSELY = regex(
    r"(?:\b(?:by|another|extra|additional|least|than|over|above|below|under|to|within|from|only|"
    r"around|roughly|approximately|about|nearly|almost)|[~≈<>≥≤±])\W*\Z",
    re.I,
)
_ON = regex(
    r"\bon (?:the |our |its |a )?(?:held-?out |official )?(?!test|eval|valid|dev|held)"
    r"(?P<data>[\w./-]+)",
    re.I,
)
_ALONE = regex(rf"\W*{_OF_SPLIT}\Z", re.I)
_AFTER_ALONE = regex(
    r"\W{0,9}(?:(?:on|in|over) (?:the |our |its |a )?(?:held-?out |official )?(?:test|eval\w*|"
    r"validation|dev\w*)(?:[- ]?(?:set|split|data\w*))?)?\W{0,9}\Z",
    re.I,
)
_SPLITS = regex(
    (
        r"(?<![a-z])(train|training|dev|development|valid(?:ation)?|eval(?:uation)?|"
        r"test|held-?out)(?![a-z])"
    ),
    re.I,
)
_EVALUATION = regex(
    (
        r"(?:achieves|reaches|obtains?|got|following) .{0,30}?results? on the "
        r"evaluation set|results on the (?:evaluation|validation|test) set"
    ),
    re.I,
)
_LOG_HEADS = regex(r"training loss|epoch|step|validation loss", re.I)


def metric_name(label: str) -> str:
    """The common name of a metric; "" where it is none.

    Examples
    --------
    >>> metric_name("Eval Accuracy"), metric_name("Colour")
    ('accuracy', '')
    """
    plain = re.sub(r"[*`:]|\([^)]*↑[^)]*\)|[↑↓]", "", label).strip().replace("_", " ")
    return next(
        (
            name
            for name, pattern in _METRIC
            if pattern.match(plain) or pattern.match(plain.replace(" ", "_"))
        ),
        "",
    )


def read_index(view: CardView) -> Iterator[Statement]:
    """Metrics of the model-index; what of is `metric|data set|split`."""
    index = view.card.metadata.values.get("model-index")
    seen: dict[str, int] = {}
    for i, model in enumerate(index if isinstance(index, list) else []):
        results = model.get("results") if isinstance(model, dict) else None
        for j, result in enumerate(results if isinstance(results, list) else []):
            if not isinstance(result, dict) or "source" in result:
                continue  # of a leaderboard, on its own data
            data = result.get("dataset")
            data = data if isinstance(data, dict) else {}
            metrics = result.get("metrics")
            for k, metric in enumerate(metrics if isinstance(metrics, list) else []):
                value = metric.get("value") if isinstance(metric, dict) else None
                number = _number(value)
                if number is None or not isinstance(metric, dict) or metric.get("verified"):
                    continue
                name = metric_name(str(metric.get("name") or "")) or metric_name(
                    str(metric.get("type") or "")
                )
                name = name or str(metric.get("type") or metric.get("name") or "").lower()
                words = f"value: {value}"
                seen[words] = seen.get(words, -1) + 1
                yield view.from_key(
                    "metric",
                    number.value,
                    ("model-index", i, "results", j, "metrics", k, "value"),
                    quantity=number,
                    words=words,
                    occurrence=seen[words],
                    about=(f"{name}|{data.get('type') or data.get('name') or ''}|{_split(data)}"),
                )


def _split(data: dict[str, object]) -> str:
    """The split of a result; ``trainer`` before it where a generator wrote both."""
    split = str(data.get("split") or "")
    return f"trainer {split}".strip() if "args" in data else split


def _number(value: object) -> Quantity | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    match = re.fullmatch(rf"{AMOUNT}(?P<percent> ?%)?", str(value).strip())
    return read_quantity(match) if match else None


def read_results(view: CardView) -> Iterator[Statement]:
    """Metrics of this model in lists, tables and prose, and those of the training's log."""
    logs = _logs(view)
    for passage in view.passages:
        if passage.place in ("code", "title"):
            continue
        if passage.block in logs:
            continue
        if passage.label and not passage.about:
            yield from _labelled(view, passage)
        elif not passage.label and not passage.about:
            yield from _in_prose(view, passage)


def read_log(view: CardView) -> Iterator[Statement]:
    """Rows of the log of a training; kind `log`, what of is `metric|epoch|step`."""
    logs = _logs(view)
    rows: dict[tuple[int, int], dict[str, Passage]] = {}
    for passage in view.passages:
        if passage.block in logs and passage.label:
            rows.setdefault((passage.block, passage.first), {})[passage.label.lower()] = passage
    for row in rows.values():
        step = row["step"].text if "step" in row else ""
        epoch = row["epoch"].text if "epoch" in row else ""
        for label, passage in row.items():
            name = "loss" if label == "validation loss" else metric_name(label)
            match = _VALUE.match(passage.text)
            quantity = read_quantity(match) if match and label != "training loss" else None
            if name and quantity is not None:
                about = f"{name}|{epoch}|{step}"
                yield view.say("log", quantity.value, passage, quantity, about=about)


def _logs(view: CardView) -> set[int]:
    """Blocks that are the log of a training: a table with epochs or steps and losses."""
    labels: dict[int, set[str]] = {}
    for passage in view.passages:
        if passage.place == "table" and passage.label:
            labels.setdefault(passage.block, set()).add(passage.label.lower())
    return {
        block
        for block, heads in labels.items()
        if sum(bool(_LOG_HEADS.fullmatch(h)) for h in heads) >= 2
    }


def _labelled(view: CardView, passage: Passage) -> Iterator[Statement]:
    name = metric_name(passage.label)
    match = _VALUE.match(passage.text) if name else None
    quantity = read_quantity(match, view.comma) if match else None
    if match is None or quantity is None:
        return
    split = _SPLITS.search(passage.label)
    at = _before(view, passage)
    about = f"{name}||{(split[1].lower() if split else '') or at}"
    yield view.say(
        "metric",
        quantity.value,
        passage,
        quantity,
        about=about,
        unit="%" if match["percent"] else "",
    )


def _before(view: CardView, passage: Passage) -> str:
    """``trainer`` where the list is the one that generators write above all sections."""
    blocks = view.card.document.blocks
    for number in range(passage.block - 1, max(-1, passage.block - 14), -1):
        if blocks[number].kind == "paragraph":
            return "trainer" if _EVALUATION.search(blocks[number].text) else ""
        if blocks[number].kind != "item":
            return ""
    return ""


def _in_prose(view: CardView, passage: Passage) -> Iterator[Statement]:
    hits: dict[str, dict[int, tuple[re.Match[str], int]]] = {}
    for i, pattern in enumerate(_IN_PROSE):
        for match in pattern.finditer(passage.text):
            start = match.start("number")
            if not i or not _LOOSELY.search(passage.text[max(0, start - 16) : start]):
                hits.setdefault(metric_name(match["metric"]), {}).setdefault(start, (match, i))
    for name, matches in hits.items():
        if name and len(matches) == 1:
            yield from _result(view, passage, name, *next(iter(matches.values())))


def _result(
    view: CardView, passage: Passage, name: str, match: re.Match[str], pattern: int
) -> Iterator[Statement]:
    """A metric of prose; words that begin with it and say no more are of this model."""
    quantity = read_quantity(match, view.comma)
    subject, own = view.subject(passage, WordSpan(*match.span("number")))
    before = passage.raw[: match.start()].rpartition("\n")[2]
    after = passage.raw[match.end() :].partition("\n")[0]
    if not re.search("[:=]", match[0]) and _ALONE.match(before) and _AFTER_ALONE.match(after):
        own = True
    elif pattern and own and (on := _ON.search(passage.text)) is not None:
        data = " ".join(view.card.metadata.texts("datasets")).lower()
        own = on["data"].lower() in data
    if quantity is not None and not subject:
        split = _SPLITS.search(passage.text)
        yield view.say(
            "metric",
            quantity.value,
            passage,
            quantity,
            about=f"{name}||{split[1].lower() if split else ''}",
            unit="%" if match["percent"] else "",
            certain=own,
        )


def read_benchmarks(view: CardView) -> Iterator[Statement]:
    """Benchmarks that the model-index and the model's own row of a table both give, by name."""
    index = view.card.metadata.values.get("model-index")
    model = index[0] if isinstance(index, list) and len(index) == 1 else None
    results = model.get("results") if isinstance(model, dict) else None
    listed: dict[str, list[Statement]] = {}
    for j, result in enumerate(results if isinstance(results, list) else []):
        metrics = result.get("metrics") if isinstance(result, dict) else None
        data = result.get("dataset") if isinstance(result, dict) else None
        data = str(data.get("name") or "") if isinstance(data, dict) else ""
        for k, metric in enumerate(metrics if isinstance(metrics, list) else []):
            value = _number(metric.get("value")) if isinstance(metric, dict) else None
            name = _benchmark(data or str(metric.get("name") or "")) if value else ""
            if value is not None and name:
                pointer = ("model-index", 0, "results", j, "metrics", k, "value")
                listed.setdefault(name, []).append(
                    view.from_key("eval_result", value.value, pointer, quantity=value, about=name)
                )
    if listed:
        yield from _in_tables(view, {k: v[0] for k, v in listed.items() if len(v) == 1})


def _in_tables(view: CardView, listed: dict[str, Statement]) -> Iterator[Statement]:
    cells: dict[str, list[tuple[Passage, Quantity]]] = {}
    for passage in view.passages:
        name = "" if passage.place != "table" or passage.about else _benchmark(passage.label)
        match = _VALUE.match(passage.text) if name in listed else None
        quantity = read_quantity(match, view.comma) if match else None
        if quantity is not None:
            cells.setdefault(name, []).append((passage, quantity))
    for name, ((passage, quantity), *others) in cells.items():
        if not others:
            yield listed[name]
            yield view.say("eval_result", quantity.value, passage, quantity, about=name)


def _benchmark(name: str) -> str:
    """Letters and digits of a benchmark's name, without shots and splits in brackets."""
    plain = re.sub(r"\(.*?\)|[\W_]", "", name.lower())
    return plain if len(plain) > 2 and plain != "value" else ""
