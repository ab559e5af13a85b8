"""The sections of the page, in the order in which a reader asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardiogram.analysis import describe_coverage
from cardiogram.cards import explain_problem
from cardiogram.names import CRITERIA
from cardiogram.report.data import Payload
from cardiogram.report.markup import (
    MAX_POINTS,
    METHODS,
    Markup,
    ScatterPoint,
    absent,
    column,
    draw_distribution,
    draw_histogram,
    draw_interval,
    draw_scatter,
    el,
    excludes_zero,
    fold,
    format_ends,
    format_number,
    format_p_value,
    format_percent,
    format_signed,
    join,
    join_words,
    name_outcome,
    name_predictor,
    part,
    present,
    read_bounds,
    scroller,
    section,
)
from cardiogram.report.page.groups import by_group
from cardiogram.report.page.statistics import find_robust_line, further
from cardiogram.report.page.summary import (
    INTERVALS,
    certain_findings,
    describe_ratings,
    describe_study,
    shorten_finding,
    write_command,
)


def header(payload: Payload) -> Markup:
    """Title, summary, findings and the key numbers."""
    total = part(payload.results.as_dict(), "coverage").get("models", 0)
    found = certain_findings(payload)
    return el(
        "header",
        el("p", "Model card study · ", payload.folder, class_="kicker"),
        el("h1", f"How well {'is' if total == 1 else 'are'} {_these(total)} documented?"),
        el("p", describe_study(payload), class_="lede"),
        _key_numbers(payload),
        el("ul", [el("li", sentence) for sentence in found], class_="findings") if found else None,
        class_="title",
    )


def _these(total: int) -> str:
    return "this model" if total == 1 else f"these {total:,} models"


def _key_numbers(payload: Payload) -> Markup:
    coverage, overall = (
        part(payload.results.as_dict(), "coverage"),
        part(payload.results.as_dict(), "ratings", "overall"),
    )
    counts = payload.histogram("overall")
    rated = sum(counts.values())
    empty = format_percent(counts[1], rated)
    pairs = [
        ("models", format_number(coverage.get("models", 0))),
        ("rated", format_number(coverage.get("rated", 0))),
        ("mean rating, 1 to 5", format_number(overall.get("mean"), 2)),
        ("empty or placeholder", empty),
    ]
    return el(
        "dl",
        [el("div", el("dt", name), el("dd", value)) for name, value in pairs],
        class_="numbers",
    )


def coverage(payload: Payload) -> Markup:
    """How many models were rated, how many not and why."""
    found = part(payload.results.as_dict(), "coverage")
    models, rated = found.get("models", 0), found.get("rated", 0)
    problems = part(found, "problems")
    rows = [
        el(
            "tr",
            el("td", format_number(problems[code]), class_="number"),
            el("td", explain_problem(code)),
        )
        for code in sorted(problems, key=lambda code: (-problems[code], code))
    ]
    table = scroller(
        "Problems met on the way",
        el("thead", el("tr", column("Number", "number"), column("What was met"))),
        el("tbody", rows),
    )
    missing = found.get("without_rating", models - rated)
    headline = f"{format_number(rated)} of {format_number(models)} models have a rating"
    why = (
        "Every model’s card could be read and rated."
        if not missing
        else f"{format_number(missing)} could not be rated and are left out of every statistic "
        "below."
    )
    more = (
        " A problem does not keep a card from being rated unless there is no text." if rows else ""
    )
    said = describe_coverage(payload.results.coverage).strip(" ;")
    judge = el("p", f"{payload.results.judge.id}: {said}.") if said else None
    return section(
        "coverage", "Coverage", headline, el("p", why + more), judge, table if rows else None
    )


def ratings(payload: Payload) -> Markup:
    """Draw the histogram of the overall rating and the criteria in a table."""
    rubric, results = payload.rubric, payload.results.as_dict()
    meanings = [
        el("li", el("b", f"{score} "), meaning) for score, meaning in enumerate(rubric.overall, 1)
    ]
    return section(
        "ratings",
        "Ratings",
        describe_ratings(payload),
        el(
            "figure",
            draw_histogram(payload.histogram("overall"), rubric.overall_names),
            el("ol", meanings, class_="meanings"),
            el("figcaption", "Cards by overall rating. The words are the rubric’s."),
            class_="histogram",
        ),
        el("h3", "What the cards tell, criterion by criterion"),
        _criteria_table(payload),
        by_group(results),
    )


def _criteria_table(payload: Payload) -> Markup:
    rows = []
    for name in CRITERIA:
        found = part(payload.results.as_dict(), "ratings", name)
        counts = payload.histogram(name)
        question = payload.rubric.questions.get(name, "")
        rows.append(
            el(
                "tr",
                el("th", name.capitalize(), el("span", question, class_="sub"), scope="row"),
                el("td", draw_distribution(counts), class_="wide"),
                el("td", format_number(found.get("mean"), 2), class_="number"),
                el("td", format_number(found.get("median")), class_="number"),
                el("td", format_percent(counts[1], sum(counts.values())), class_="number"),
            )
        )
    heads = [column("Criterion"), column("Scores 1 to 5", "wide")]
    heads += [column(name, "number") for name in ("Mean", "Median", "Share at 1")]
    return join(
        scroller("Scores by criterion", el("thead", el("tr", heads)), el("tbody", rows)),
        el(
            "p",
            [
                el(
                    "span",
                    el("span", class_=f"swatch s{s}"),
                    f"{s} {payload.rubric.level_names[s]}",
                )
                for s in range(1, 6)
            ],
            class_="legend",
        ),
    )


def popularity(payload: Payload) -> Markup:
    """Rating against downloads and likes: scatter plots and the associations."""
    results = present(payload.results.as_dict())
    found = results.get("associations") or []
    certain = certain_findings(payload)
    headline = shorten_finding(certain[0]) if certain else _nothing_certain(found)
    return section(
        "popularity",
        "Rating and popularity",
        headline,
        el("div", _scatter(payload, "downloads"), _scatter(payload, "likes"), class_="pair"),
        el("h3", "Associations"),
        _changes(payload.results.as_dict()),
        _associations(found) if found else el("p", "No association was computed."),
        _absent(payload.results.as_dict()),
        further(results),
    )


def _absent(results: Mapping[str, Any]) -> Markup | None:
    """One sentence for what no model has, in the place of a row of reasons in every table."""
    names = [name_outcome(name) for name in absent(results)]
    if not names:
        return None
    return el("p", f"No model of this study has {join_words(names)}: nothing is said of it.")


def _nothing_certain(found: list[Any]) -> str:
    if not any(item.get("estimate") is not None for item in found):
        return "There is not enough data to relate ratings to popularity"
    return "No association of the overall rating with popularity is certain in this study"


def _scatter(payload: Payload, name: str) -> Markup:
    points = []
    for i, model in enumerate(payload.models):
        count = getattr(model, name)
        expected = model.scores["overall"].expected if model.scores else None
        if count is not None and expected is not None:
            points.append(ScatterPoint(i, expected, count))
    drawn = ""
    if len(points) > MAX_POINTS:
        drawn = f" A random {MAX_POINTS:,} of {len(points):,} models are drawn."
    fit = find_robust_line(payload.results.as_dict(), name)
    caption = (
        "Each dot is a model; the orange line joins the medians of the models near each rating. "
        f"{fit.words}{drawn}"
        if points
        else f"No rated model has a count of {name}."
    )
    return el("figure", draw_scatter(points, name, fit.line), el("figcaption", caption))


def _changes(results: Mapping[str, Any]) -> Markup | None:
    """Say which two days the changes are of; nothing where there are none."""
    said = part(results, "changes").get("words") or []
    first = (
        "New likes, new downloads and the growth of downloads are changes between two snapshots."
    )
    return el("p", " ".join([first, *map(str, said)])) if said else None


def _associations(found: list[Any]) -> Markup:
    ends = [
        abs(part(item, key).get(end) or 0)
        for item in found
        for key in ("interval", "cluster_interval")
        for end in ("low", "high")
    ]
    reach = max([0.1, *ends, *(abs(item.get("estimate") or 0) for item in found)])
    heads = [
        column("Rating of"),
        column("With"),
        column("n", "number"),
        column("Estimate", "number"),
    ]
    heads += [
        column("Around zero"),
        column("95 % by author", "number"),
        column("95 % plain", "number"),
    ]
    heads += [column("p", "number"), column("In words")]
    rows: dict[bool, list[Markup]] = {True: [], False: []}
    for item in found:
        overall = name_predictor(str(item.get("predictor"))) == "overall"
        rows[overall].append(_association(item, reach))
    tables = {
        overall: scroller(label, el("thead", el("tr", heads)), el("tbody", rows[overall]))
        for overall, label in ((True, "Associations"), (False, "Associations by criterion"))
        if rows[overall]
    }
    n = len(rows[False])
    summary = f"The same for each criterion ({n} association{'' if n == 1 else 's'})"
    return join(tables.get(True), fold(summary, tables[False]) if rows[False] else None)


def _association(item: Mapping[str, Any], reach: float) -> Markup:
    plain, cluster = (
        read_bounds(part(item, "interval")),
        read_bounds(part(item, "cluster_interval")),
    )
    estimate = item.get("estimate")
    method = str(item.get("method", ""))
    return el(
        "tr",
        el("th", name_predictor(str(item.get("predictor", ""))).capitalize(), scope="row"),
        el("td", name_outcome(str(item.get("outcome", "")))),
        el("td", format_number(item.get("n")), class_="number"),
        el(
            "td",
            format_signed(estimate),
            el("span", METHODS.get(method, method), class_="sub"),
            class_="number",
        ),
        el("td", None if estimate is None else draw_interval(estimate, plain, cluster, reach)),
        el("td", format_ends(cluster), class_="number"),
        el("td", format_ends(plain), class_="number"),
        el("td", format_p_value(item.get("p_value")), class_="number"),
        el("td", str(item.get("words") or item.get("reason") or ""), class_="prose"),
        class_="certain" if excludes_zero(item) else None,
    )


# Methods and limits --------------------------------------------------------------------------


def methods(payload: Payload) -> Markup:
    """How the numbers were made, what they cannot say, and how to make them again."""
    judge = part(payload.results.as_dict(), "judge")
    notes = [*payload.notes, *(str(note) for note in payload.results.as_dict().get("notes") or [])]
    return section(
        "methods",
        "Methods and limits",
        "A rating is a program’s estimate, and an association is not a cause",
        el(
            "p",
            f"Every rating here is an estimate by the judge “{judge.get('id', 'unknown')}” "
            f"{judge.get('version', '')}, a program that reads one card by the rubric "
            f"{judge.get('rubric_version', '')}; it judges the documentation and never the model. "
            "Popular models may be better documented because more people work on them: these data "
            "cannot tell whether a better card brings more downloads.",
        ),
        el("h3", "How to read the intervals"),
        el(
            "dl",
            [join(el("dt", name), el("dd", meaning)) for name, meaning in INTERVALS],
            class_="terms",
        ),
        join(el("h3", "Notes"), el("ul", [el("li", note) for note in notes])) if notes else None,
        el("h3", "Make it again"),
        el("pre", el("code", write_command(payload)), tabindex=0, aria_label="Command line"),
        el(
            "p",
            " · ".join(f"{name} {version}" for name, version in payload.origin.versions.items()),
            class_="quiet",
        ),
    )
