"""Rules on the metadata: what the Hub's filters, licences and family trees are made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from cardiogram.cards.lint.findings import MODELS, Breach, Edit, FindBreaches, LintedCard, Rule
from cardiogram.cards.problems import explain_problem
from cardiogram.cards.vocabulary import load_vocabulary
from cardiogram.lazy import regex

_PLAIN = regex(r"[^a-z0-9+]+")  # a plus says "or later": another licence
_NOISE = regex(r"\b(?:the|licen[cs]e|version)\b|(?<=[a-z -])v(?=\d)")
_LICENSES = {
    "apache2": "apache-2.0",
    "asl20": "apache-2.0",
    "gpl3": "gpl-3.0",
    "gpl2": "gpl-2.0",
    "agpl3": "agpl-3.0",
    "lgpl3": "lgpl-3.0",
    "ccby4": "cc-by-4.0",
    "ccbysa4": "cc-by-sa-4.0",
    "ccbync4": "cc-by-nc-4.0",
    "ccbyncsa4": "cc-by-nc-sa-4.0",
    "ccbyncnd4": "cc-by-nc-nd-4.0",
    "cc0": "cc0-1.0",
    "bsd3": "bsd-3-clause",
    "bsd2": "bsd-2-clause",
    "mpl2": "mpl-2.0",
}
"""Names of licences that people write, plain, to their ids."""

_HUB_ADDRESS = regex(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.-]+/[\w.-]+)/?")
_YOURS = regex(r"your[_-]?(?:hf|hugging_?face|user|org|name|account|model|data)", re.IGNORECASE)
_NAME = r"\w(?:[\w.-]{0,94}\w)?"
_ID = regex(rf"(?!.*(?:--|\.\.|\.git\Z))(?:{_NAME}/)?{_NAME}", re.ASCII)
_AT_LINE = regex(r"\bline (\d+)")
_NO_DATASET = frozenset(
    ("none", "null", "unknown", "generator", "imagefolder", "custom", "n/a", "-")
)
_DERIVED = (
    "fine-tuned version of",
    "finetuned version of",
    "fine-tune of",
    "finetune of",
    "quantized version of",
    "quantised version of",
    "fine-tuned from",
    "gguf format model files for",
    "is a merge of",
    "was converted to gguf",
    "lora adapter for",
)
_DERIVED_TAGS = frozenset(
    """
    gguf ggml gptq awq exl2 lora qlora peft merge mergekit quantized
    """.split()  # noqa: SIM905
)
"""Words of tags, of the library or of the name, by which a model was made from another."""

_NAME_PARTS = regex(r"[-_. ]+")
WORDLESS = frozenset(
    (
        "image-classification",
        "image-segmentation",
        "object-detection",
        "depth-estimation",
        "image-to-image",
        "unconditional-image-generation",
        "video-classification",
        "robotics",
        "mask-generation",
        "keypoint-detection",
        "image-feature-extraction",
        "graph-ml",
        "reinforcement-learning",
        "tabular-classification",
        "tabular-regression",
        "time-series-forecasting",
        "image-to-3d",
        "image-to-video",
    )
)
"""Tasks of models that neither take nor give language."""


def plain(name: str) -> str:
    """A name without case, punctuation and the words that licences share.

    Examples
    --------
    >>> plain("The MIT License"), plain("Apache 2.0"), plain("GPL v3")
    ('mit', 'apache20', 'gpl3')
    """
    return _PLAIN.sub("", _NOISE.sub("", name.lower()))


def _written(source: LintedCard) -> bool:
    """Whether the author's own metadata was read (and not tags, and not nothing)."""
    metadata = source.card.metadata
    return metadata.source == "front_matter" and not source.problems & _UNREAD


_UNREAD = frozenset(("yaml_malformed", "yaml_not_a_map", "yaml_too_large"))


def _line(source: LintedCard, key: str) -> int:
    return source.card.metadata.lines.get(key, 1)


def _given(source: LintedCard, key: str) -> bool:
    return source.card.metadata.values.get(key) not in (None, "", [])


def _swap(source: LintedCard, key: str, old: str, new: str | None) -> tuple[Edit, ...]:
    """Edit that replaces a value of a key, where it stands there once and nowhere else."""
    if new is None or not source.lines or not old:
        return ()
    first = _line(source, key)
    later = [line for line in source.card.metadata.lines.values() if line > first]
    last = min(later, default=source.card.body_line) - 1
    token = re.compile(rb"(?<![\w.+-])" + re.escape(old.encode()) + rb"(?![\w.+-])")
    hits = [
        (number, match.start())
        for number in range(first, last + 1)
        if old.encode() in source.line(number)
        for match in token.finditer(source.line(number))
        if number > first or match.start() > len(key)
    ]
    if len(hits) != 1:
        return ()
    number, column = hits[0]
    return source.replace(number, column, old.encode(), new.encode())


def _missing(
    key: str, words: str, by_tag: Callable[[], frozenset[str]] = frozenset
) -> FindBreaches:
    """A rule for a key that is not there, and that no tag stands in for."""

    def find(source: LintedCard) -> Iterator[Breach]:
        metadata = source.card.metadata
        if not _written(source) or metadata.values.get(key, "") is None or _given(source, key):
            return
        if not by_tag().intersection(metadata.texts("tags")):
            yield Breach(_line(source, key), words)

    return find


def _problem(*codes: str) -> FindBreaches:
    """A rule for problems that reading the card has named."""

    def find(source: LintedCard) -> Iterator[Breach]:
        for problem in source.card.problems:
            name, _, detail = problem.partition(":")
            if name == "front_matter_unclosed" and "oversized" in source.problems:
                continue  # its end may stand behind the cut
            if name in codes:
                at = _AT_LINE.search(detail)
                known = int(at[1]) if at else _line(source, detail.strip())
                yield Breach(known, f"{explain_problem(problem)}.")

    return find


def _no_front_matter(source: LintedCard) -> Iterator[Breach]:
    if source.card.front_matter is None and not source.problems & _NO_BLOCK:
        below = _BLOCK.search(source.card.body[:_LOOKED_AT])
        if below is None:
            yield Breach(1, "the card has no metadata block.")
            return
        line = source.card.body_line + source.card.body.count("\n", 0, below.start()) + 1
        if not source.card.body[: below.start()].strip():
            dashes = len(below[1])
            words = "a blank stands behind the dashes that open it"
            if dashes > _DASHES:
                words = f"{dashes} dashes open it instead of {_DASHES}"
            yield Breach(line, f"the Hub sees no metadata block: {words}.")
            return
        yield Breach(line, f"a metadata block stands on line {line}: it must come first.")


_BLOCK = regex(r"^(-{3,})[ \t]*\n(?=[ \t]*[\w-]+:)(?:.*\n){1,200}?\1[ \t]*$", re.MULTILINE)
_LOOKED_AT, _DASHES = 20_000, 3
_NO_BLOCK = frozenset(("front_matter_unclosed", "empty", "lfs_pointer", "in_lfs"))


def _unknown(
    source: LintedCard, key: str, known: Mapping[str, str], aliases: Mapping[str, str] | None = None
) -> Iterator[Breach]:
    """Values of a key that are not on a list, with the id that was meant if that is certain."""
    values = [value for value in source.card.metadata.texts(key) if value not in known]
    if not values:
        return
    from difflib import get_close_matches  # most cards need no suggestion

    meant_by = {plain(name): id for id, name in known.items()}
    meant_by |= {plain(id): id for id in known} | dict(aliases or {})
    for value in values:
        meant = value.lower() if value.lower() in known else meant_by.get(plain(value))
        close = meant or next(iter(get_close_matches(value.lower(), known, 1, 0.75)), None)
        hint = f" Did you mean {close!r}?" if close else ""
        words = f"{_short(value)} is not on the Hub's list for `{key}`.{hint}"
        yield Breach(_line(source, key), words, _swap(source, key, value, meant))


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else f"{value[:57]}...")


def _license_unknown(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        yield from _unknown(source, "license", load_vocabulary().licenses, _LICENSES)


def _license_other(source: LintedCard) -> Iterator[Breach]:
    texts = source.card.metadata.texts
    if not _written(source) or texts("license") != ["other"]:
        return
    absent = [key for key in ("license_name", "license_link") if not texts(key)]
    if absent:
        keys = " and ".join(f"`{key}`" for key in absent)
        yield Breach(_line(source, "license"), f"`license: other` needs {keys}.")


def _task_unknown(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        yield from _unknown(source, "pipeline_tag", _same(load_vocabulary().tasks))


def _library_unknown(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        yield from _unknown(source, "library_name", _same(load_vocabulary().libraries))


def _same(ids: Iterable[str]) -> dict[str, str]:
    return {name: name for name in sorted(ids)}


def _language_missing(source: LintedCard) -> Iterator[Breach]:
    tasks = source.card.metadata.texts("pipeline_tag")
    values = source.card.metadata.values
    if not _written(source) or values.get("language", "") is None or _given(source, "language"):
        return
    if not WORDLESS.intersection(tasks):
        yield Breach(_line(source, "language"), "no `language:` in the metadata.")


def _language_unknown(source: LintedCard) -> Iterator[Breach]:
    if not _written(source):
        return
    known = load_vocabulary()
    codes = {plain(name): code for code, name in known.languages.items()}
    for value in source.card.metadata.texts("language"):
        lower = value.lower()
        if value in known.language_codes:
            continue
        if value.partition("-")[0] in known.language_codes:
            words = f"the Hub refuses {_short(value)}: a region goes into `language_bcp47`."
            yield Breach(_line(source, "language"), words)
            continue
        meant = codes.get(plain(value)) or (lower if lower in known.language_codes else None)
        sure = value.upper() not in _COUNTRIES  # UK is no Ukrainian
        hint = f" Did you mean {meant!r}?" if meant else ""
        words = f"{_short(value)} is not an ISO 639 code.{hint}"
        edits = _swap(source, "language", value, meant if sure else None)
        yield Breach(_line(source, "language"), words, edits)


_COUNTRIES = frozenset(
    re.findall(
        "..",
        "AEAFAMARASAZBABEBGBHBIBMBNBOBRBSCACHCOCRCUCVCYDEDZEEESETEUFIFJFOFRGAGDGLGNGUHRHTHUIDIEIO"
        "ISITKGKIKMKNKRKWKYLALBLILTLULVMGMHMKMLMNMRMSMTMYNANENGNLNONROMPAPLPSPTRORURWSASCSDSESGSI"
        "SKSLSMSNSOSRSSSTSVTGTHTKTLTNTOTRTTTWUGUKUZVEVIZA",
    )
)
"""Language codes that are ISO 3166 codes, too, with EU and UK: in capitals, either may be meant."""


def _base_missing(source: LintedCard) -> Iterator[Breach]:
    card = source.card
    if not _written(source) or _given(source, "base_model"):
        return
    tags = {tag.lower() for tag in card.metadata.texts("tags")}
    named = {*tags, *_NAME_PARTS.split(card.id.rpartition("/")[2].lower())}
    named.update(card.metadata.texts("library_name"))
    text = card.body.lower()
    if named & _DERIVED_TAGS or any(words in text for words in _DERIVED):
        yield Breach(_line(source, "base_model"), "made from another model, and no `base_model:`.")


def _base_local(source: LintedCard) -> Iterator[Breach]:
    if not _written(source):
        return
    value = source.card.metadata.values.get("base_model")
    if any(
        isinstance(part, list | dict) for part in (value if isinstance(value, list) else [value])
    ):
        words = "the Hub refuses a map or a list in `base_model`: it takes ids (owner/name)."
        yield Breach(_line(source, "base_model"), words)
    for value in source.card.metadata.texts("base_model"):
        address = _HUB_ADDRESS.fullmatch(value)
        if address:
            edits = _swap(source, "base_model", value, address[1])
            yield Breach(_line(source, "base_model"), f"{_short(value)} is an address.", edits)
        elif not _ID.fullmatch(value):
            words = f"{_short(value)} is no id on the Hub (owner/name)."
            yield Breach(_line(source, "base_model"), words)


def _datasets(source: LintedCard) -> Iterator[Breach]:
    values = source.card.metadata.values
    if not _written(source) or "datasets" not in values:
        return
    value = values["datasets"]
    datasets = value if isinstance(value, list) else [value]
    if value is None:
        yield Breach(_line(source, "datasets"), "`datasets:` is empty.")
    for dataset in datasets if value is not None else ():
        name = str(dataset)
        if not isinstance(dataset, str) or not _ID.fullmatch(name):
            words = f"{_short(name)} is no id of a dataset on the Hub."
            yield Breach(_line(source, "datasets"), words)


def _left_open(source: LintedCard) -> Iterator[Breach]:
    """Names that the Hub takes for ids, and that a tool or a template put in the place of one."""
    if not _written(source):
        return
    for key in ("datasets", "base_model"):
        for name in source.card.metadata.texts(key):
            if _YOURS.match(name) or name.lower() in _NO_DATASET:
                yield Breach(_line(source, key), f"{_short(name)} stands where an id belongs.")


def _no_value(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        for key, value in source.card.metadata.values.items():
            if value is None and key in _WITH_VALUE:
                yield Breach(_line(source, key), f"the Hub refuses `{key}:` without a value.")


_WITH_VALUE = frozenset(
    (
        *("license", "language", "pipeline_tag", "library_name", "tags", "base_model", "metrics"),
        *("widget", "inference", "model-index", "task_categories", "size_categories", "configs"),
    )
)


def _widget(source: LintedCard) -> Iterator[Breach]:
    widget = source.card.metadata.values.get("widget")
    if _written(source) and widget is not None and not isinstance(widget, list):
        yield Breach(_line(source, "widget"), "the Hub refuses a `widget` that is not a list.")


def _model_index(source: LintedCard) -> Iterator[Breach]:
    values = source.card.metadata.values
    if _written(source) and "model-index" in values:
        wrong = _index_fault(values["model-index"])
        if wrong:
            yield Breach(
                _line(source, "model-index"), f"the Hub cannot read `model-index`: {wrong}."
            )


def _index_fault(index: object) -> str:
    """What is wrong with a model-index; "" where nothing is."""
    if not isinstance(index, list) or not all(isinstance(model, dict) for model in index):
        return "it must be a list of maps"
    for model in index:
        if not model.get("name"):
            return "an entry has no `name`"
        results = model.get("results")
        if not isinstance(results, list):
            return "an entry has no list of `results`"
        fault = next(filter(None, map(_result_fault, results)), "")
        if fault:
            return fault
    return ""


def _result_fault(result: object) -> str:
    if not isinstance(result, dict):
        return "a result is not a map"
    for key, parts in (("task", ("type",)), ("dataset", ("type", "name"))):
        value = result.get(key)
        if not isinstance(value, dict) or not all(value.get(part) for part in parts):
            return f"a result's `{key}` has no {' and '.join(f'`{part}`' for part in parts)}"
    for part in ("config", "split", "revision"):
        if not isinstance(result["dataset"].get(part, ""), str | None):
            return f"a result's dataset has a `{part}` that is no text"
    if not isinstance(result.get("source", {}), dict):
        return "a result's `source` is not a map"
    metrics = result.get("metrics")
    if not isinstance(metrics, list) or not metrics:
        return "a result has no list of `metrics`"
    for metric in metrics:
        if not isinstance(metric, dict) or not metric.get("type") or metric.get("value") is None:
            return "a metric has no `type` and `value`"
    return ""


RULES: tuple[Rule, ...] = (
    Rule("CG101", "front-matter-missing", "warning", _no_front_matter),
    Rule("CG102", "front-matter-unclosed", "error", _problem("front_matter_unclosed")),
    Rule("CG103", "front-matter-malformed", "error", _problem("yaml_malformed", "yaml_too_large")),
    Rule("CG104", "front-matter-not-a-map", "error", _problem("yaml_not_a_map")),
    Rule("CG105", "duplicate-key", "error", _problem("yaml_duplicate_key")),
    Rule("CG106", "key-without-value", "error", _no_value),
    Rule(
        "CG110", "license-missing", "warning", _missing("license", "no `license:` in the metadata.")
    ),
    Rule("CG111", "license-unknown", "error", _license_unknown),
    Rule("CG112", "license-other-unnamed", "warning", _license_other),
    Rule(
        "CG113",
        "task-missing",
        "warning",
        _missing(
            "pipeline_tag", "no `pipeline_tag:` in the metadata.", lambda: load_vocabulary().tasks
        ),
        of=MODELS,
    ),
    Rule("CG114", "task-unknown", "warning", _task_unknown, of=MODELS),
    Rule(
        "CG115",
        "library-missing",
        "note",
        _missing(
            "library_name",
            "no `library_name:` in the metadata.",
            lambda: load_vocabulary().libraries,
        ),
        of=MODELS,
    ),
    Rule("CG116", "library-unknown", "note", _library_unknown, of=MODELS),
    Rule("CG117", "language-missing", "note", _language_missing, of=MODELS),
    Rule("CG118", "language-unknown", "error", _language_unknown),
    Rule("CG119", "id-left-open", "warning", _left_open, of=MODELS),
    Rule("CG120", "base-model-missing", "warning", _base_missing, of=MODELS),
    Rule("CG121", "base-model-no-id", "error", _base_local, of=MODELS),
    Rule("CG122", "datasets-no-id", "error", _datasets, of=MODELS),
    Rule("CG123", "model-index-malformed", "error", _model_index, of=MODELS),
    Rule("CG124", "widget-no-list", "error", _widget, of=MODELS),
)
"""Rules CG1xx."""
