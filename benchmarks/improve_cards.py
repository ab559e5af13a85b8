"""Measure what `improve` makes of cards: what it adds, what it keeps, and what it is worth.

::

    python benchmarks/improve_cards.py --list

Three sets: the 14 made repositories of which everything true is known (the excellent card and the
one without a README count where they can), the 473 real cards of the stand-in with what the Hub
lists of them (no file but the card can be read), and 100 cards collected later, these alone. With
`--hub` the 14 are served by the stand-in, which also validates them. Exit code 1 where a bar is
missed, or where something is not there yet.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cardiogram.repository import holds_weights
from drafted_cards import README, Result, measure
from timing import ROOT, SHARED, table

sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "reference"), str(SHARED)]

HERE = SHARED / "hubserver" / "data-repositories"
REAL = SHARED / "hubserver" / "data" / "hub-758.jsonl.gz"
WILD = SHARED / "corpus" / "wild-dev-cards.jsonl.gz"
ANSWERS = Path(__file__).with_name("improve_answers.yaml")
KEPT, GAIN, ANSWERED, SECONDS = 0.99, 0.4, 1.0, 2.0
MOST_ANSWERS, MOST_WORDS, WILD_CARDS = 5, 40, 100
READERS = ("tokenizer.json", "preprocessor_config.json")
Json = dict[str, Any]


def drafter() -> Callable[..., Any] | None:
    """What makes a draft; None where it is not there yet."""
    try:
        from cardiogram.improve import improve
    except (ImportError, AttributeError):
        return None
    return improve


def read_answers() -> Mapping[str, Mapping[str, str]]:
    """Answers by repository and question: few and short, or they would measure the author."""
    answers = yaml.safe_load(ANSWERS.read_text("utf-8")) if ANSWERS.exists() else {}
    for id, own in answers.items():
        longest = max(len(str(text).split()) for text in own.values())
        if len(own) > MOST_ANSWERS or longest > MOST_WORDS:
            raise SystemExit(f"{id}: more than {MOST_ANSWERS} answers, or of {MOST_WORDS} words")
    return dict(answers)


def run_known(options: argparse.Namespace, draft_of: Callable[..., Any]) -> list[Result]:
    """The repositories of which everything is known."""
    from cardiogram.judge.embedded import embedded_judge
    from repository_facts import in_memory, served

    expected = json.loads(options.expected.read_text("utf-8"))["repositories"]
    answers, results, judge = read_answers(), [], embedded_judge()
    with (served if options.hub else in_memory)(options.rows, expected) as open_one:
        for id, entry in expected.items():
            repository, count = open_one(id)
            validate = hub_validator() if options.hub else local_validator()
            given = answers.get(id)
            results.append(measure(repository, draft_of, judge, entry, given, validate))
            results[-1].requests = count()
    return results


def run_alone(rows: Iterator[tuple[str, Json, Json]], draft_of: Callable[..., Any]) -> list[Result]:
    """Cards without their files; no Hub is asked."""
    from cardiogram.errors import HubError
    from cardiogram.judge.embedded import embedded_judge
    from repository_rows import InMemory

    class CardAlone(InMemory):
        def other(self, id: str, of: Any = "model") -> Any:
            raise HubError("no Hub is asked")

    judge, validate = embedded_judge(), local_validator()
    return [
        measure(CardAlone(id, files, info=info), draft_of, judge, validate=validate)
        for id, files, info in rows
    ]


def real_cards() -> Iterator[tuple[str, Json, Json]]:
    """The real cards of the stand-in, with library, task, tags and names of files.

    Its lists leave out tokenizers and processors, of 289 models of transformers all: where there
    are weights, a name of each is added, so that the code that asks for them is measured, too.
    """
    from hubserver.card import parse

    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row.get("readme"):
                card = row["readme"].encode()
                left_out = READERS if holds_weights(row["siblings"]) else ()
                names = (*row["siblings"], *left_out)
                files = {name: f"placeholder for {name}\n".encode() for name in names}
                info = {key: row[key] for key in ("library_name", "pipeline_tag", "tags")}
                yield row["id"], {**files, README: card}, {**info, "cardData": parse(card)}


def wild_cards() -> Iterator[tuple[str, Json, Json]]:
    """Every so many of the cards collected later."""
    with gzip.open(WILD, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [row for row in rows if row.get("text")]
    for row in rows[:: max(1, len(rows) // WILD_CARDS)][:WILD_CARDS]:
        yield row["id"], {README: row["text"].encode("utf-8", "replace")}, {}


def local_validator() -> Callable[[str], Sequence[str]]:
    """The stand-in's validator, without its server."""
    from hubserver.card import validate

    return lambda text: validate(text)[0]


def hub_validator() -> Callable[[str], Sequence[str]]:
    """The same by the request that the Hub's client sends."""
    address = os.environ["HF_ENDPOINT"] + "/api/validate-yaml"

    def ask(text: str) -> Sequence[str]:
        body = json.dumps({"content": text, "repoType": "model"}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request):
                return ()
        except urllib.error.HTTPError as error:
            return [str(each.get("message")) for each in json.load(error).get("errors", ())]

    return ask


def ask_js(results: Sequence[Result]) -> str:
    """Have js-yaml read every block; gives why it was not asked, or ""."""
    from yaml_blocks import ask_js_yaml, can_ask

    from cardiogram.text import split_front_matter

    if not can_ask():
        return "Node or js-yaml is not here (npm ci in frontend)"

    def blocks(texts: Sequence[str]) -> list[Json]:
        clean = (text.replace("\r\n", "\n").replace("\r", "\n") for text in texts)
        return ask_js_yaml([split_front_matter(text).front_matter or "" for text in clean])

    before = blocks([result.before for result in results])
    after = blocks([result.after for result in results])
    for result, had, has in zip(results, before, after, strict=True):
        if "error" in has and "error" not in had:
            result.faults.append(f"js-yaml: {has['error']}")
        result.broken = result.broken or ("error" in has and "error" in had)
    return ""


def shown(results: Sequence[Result], hub: bool) -> str:
    """A line a repository."""
    rows = [
        [f"`{r.id}`", f"{r.rating:.1f}", f"{r.rating + r.gain:.1f}",
         "" if r.answered is None else f"{r.rating + r.answered:.1f}", f"{r.changes}",
         f"{r.sentences}", f"{len(r.unverified)}", f"{len(r.unsupported)}", f"{r.kept:.1%}",
         "yes" if not r.faults else "**no**", "yes" if r.stable else "**no**",
         f"{r.requests}" if hub else f"{r.seconds:.2f}"]
        for r in results
    ]  # fmt: skip
    head = ["repository", "rating", "with facts", "with answers", "changes", "sentences",
            "not verified", "unsupported", "words kept", "valid", "stable",
            "requests" if hub else "seconds"]  # fmt: skip
    return table(head, rows)


def known_bars(results: Sequence[Result], expected: Mapping[str, Json]) -> list[tuple[Any, ...]]:
    """What issue 20 asks for on the repositories of which everything is known."""
    usual = [r for r in results if expected[r.id]["edit"] != "none" and r.before.strip()]
    gain = statistics.median([r.gain for r in usual] or [0.0])
    answered = [r.answered for r in usual if r.answered is not None]
    answers = statistics.median(answered) if answered else 0.0
    sentences = sum(r.sentences for r in results)
    open_ = sum(len(r.unverified) for r in results)
    changed = [r for r in results if expected[r.id]["edit"] == "none" and r.before != r.after]
    slowest = max(r.seconds for r in results)
    strict = sorted(r.strictly for r in results)
    return [
        *common_bars(results),
        ("words kept where only listed template may go, least and median",
         f"{strict[0]:.1%}, {statistics.median(strict):.1%}", "none", True),
        ("unsupported statements added", n := sum(len(r.unsupported) for r in results), "0", not n),
        ("excellent cards changed", len(changed), "0", not changed),
        ("added sentences that `verify` proves", f"{sentences - open_} of {sentences}", "all",
         sentences and not open_),
        ("added prose that is no sentence with proof", n := sum(len(r.bare) for r in results), "0",
         not n),
        (f"rating gained by facts, median of {len(usual)}", f"{gain:+.2f}", f"at least +{GAIN}",
         gain >= GAIN),
        (f"with answers, median of {len(answered)}", f"{answers:+.2f}", f"at least +{ANSWERED:.1f}",
         answers >= ANSWERED),
        ("seconds a draft beyond requests, most", f"{slowest:.2f}", f"under {SECONDS}",
         slowest < SECONDS),
    ]  # fmt: skip


def common_bars(results: Sequence[Result]) -> list[tuple[Any, ...]]:
    """What every set has to meet."""
    failed = sum(bool(r.error) for r in results)
    invalid, broken = sum(bool(r.faults) for r in results), sum(r.broken for r in results)
    unstable = sum(not r.stable for r in results)
    least = min((r.kept for r in results), default=1.0)
    faults = f"{invalid}" + (f" ({broken} were and are invalid)" if broken else "")
    return [
        ("drafts that failed", failed, "0", not failed),
        ("words kept, least", f"{least:.1%}", f"at least {KEPT:.0%}", least >= KEPT),
        ("drafts made invalid (Hub, js-yaml, linter)", faults, "0", not invalid),
        ("changed by a second run", unstable, "0", not unstable),
    ]


def told(results: Sequence[Result]) -> None:
    """Name what a reader should look at."""
    for result in results:
        lines = [("failed", result.error)] if result.error else []
        for name in ("unsupported", "unverified", "bare", "faults", "refused"):
            lines += [(name, line) for line in getattr(result, name)]
        if result.lost:
            lines.append((f"lost {len(result.lost)} words", " ".join(result.lost)[:400]))
        if not result.stable:
            lines.append(("unstable", "a second run changes it again"))
        if lines:
            print(f"## {result.id}", *(f"{name}: {line}" for name, line in lines), "", sep="\n")


def save(results: Sequence[Result], folder: Path) -> None:
    """Write every changed draft with its diff, for reading."""
    import difflib

    folder.mkdir(parents=True, exist_ok=True)
    for result in (each for each in results if each.before != each.after):
        name = result.id.replace("/", "--")
        before, after = (text.splitlines(keepends=True) for text in (result.before, result.after))
        (folder / f"{name}.md").write_text(result.after, "utf-8", newline="")
        diff = "".join(difflib.unified_diff(before, after, "before", "after"))
        (folder / f"{name}.diff").write_text(diff, "utf-8", newline="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, default=HERE / "repositories.jsonl.gz")
    parser.add_argument("--expected", type=Path, default=HERE / "repositories-expected.json")
    parser.add_argument("--hub", action="store_true", help="the 14 through the stand-in")
    parser.add_argument("--list", action="store_true", help="name what a reader should look at")
    parser.add_argument("--only", choices=["known", "real", "wild"], help="one set")
    parser.add_argument("--save", type=Path, help="a folder for the drafts and their diffs")
    options = parser.parse_args(arguments)
    draft_of = drafter()
    if draft_of is None:
        print("missing: cardiogram.improve.improve; nothing can be measured yet")
        return 1
    expected = json.loads(options.expected.read_text("utf-8"))["repositories"]
    sets: dict[str, Callable[[], list[Result]]] = {
        "known": lambda: run_known(options, draft_of),
        "real": lambda: run_alone(real_cards(), draft_of),
        "wild": lambda: run_alone(wild_cards(), draft_of),
    }
    met = True
    for name in [options.only] if options.only else sets:
        results = sets[name]()
        skipped = ask_js(results)
        if options.list:
            told(results)
        if options.save:
            save(results, options.save / name)
        if name == "known":
            print(shown(results, options.hub), "", sep="\n")
        bars = known_bars(results, expected) if name == "known" else common_bars(results)
        changed = sum(r.before != r.after for r in results)
        head = [f"{name}: {len(results)} cards, {changed} changed", "measured", "bar", "met"]
        rows = [
            [what, f"{is_}", bar, "" if bar == "none" else "yes" if ok else "**no**"]
            for what, is_, bar, ok in bars
        ]
        print(table(head, rows), *([f"skipped: {skipped}"] if skipped else []), "", sep="\n")
        met = met and all(ok for *_, ok in bars)
    if not ANSWERS.exists():
        print(f"missing: {ANSWERS.name}")
    return not met


if __name__ == "__main__":
    sys.exit(main())
