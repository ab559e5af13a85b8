"""What `check` does with its options: rate cards, print them, exit."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from cardiogram import maps
from cardiogram.cli.printing import add_summary, echo, look_of, print_error
from cardiogram.errors import CardiogramError, ConfigError, NoCard
from cardiogram.names import CardType
from cardiogram.progress import Progress, silent
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.check import Checked, DeletedCard, Detail, Lint, MissingCard

CheckedForm: TypeAlias = 'terminal.Form | Literal["html"]'
"""The forms of `check`: HTML is a page to print or to send."""


def check_cards(
    targets: tuple[str, ...],
    minimum: float | None = None,
    against: str | None = None,
    select: str = "",
    ignore: str = "",
    fixes: bool = False,
    verbose: bool = False,
    form: CheckedForm = "text",
    map_folder: Path | None = None,
    if_card: bool = False,
    model_id: str = "",
    card_type: CardType = "model",
    as_json: bool = False,
    summary: Path | None = None,
) -> None:
    """Check the cards that the targets name; the options are those of the command."""
    from cardiogram.check import Lint, MissingCard, compare, is_refused, refuse_one_id

    form = "json" if as_json else form
    look = look_of(form, verbose, minimum)
    if len(targets) > 1:
        refuse_one_id(model_id, f"{len(targets)} targets are given")
    whole = summary or form in ("json", "markdown", "html")
    detail = "all" if whole else look.detail
    run = _Run(Lint.of(select, ignore), model_id, card_type, fixes, if_card, detail, against)
    checked = run.check(targets)
    if against is not None:
        _refuse_one_file_for_many(against, checked)
        checked = [compare(card, against) for card in checked]
    elif len(checked) == 1:
        checked = [compare(checked[0])]
    forms: set[str] = {form, "markdown"} if summary else {form}
    places = _place(checked, map_folder, forms) if card_type == "model" else None
    if form in ("json", "sarif", "html"):  # which have no room for them
        for absent in run.absent:
            if isinstance(absent, MissingCard):
                echo(f"cardiogram: {absent.name}: a model without a card", err=True)
    if checked or run.absent or form in ("json", "sarif"):
        echo(_render(checked, form, places, look, run.absent), end="")
    if summary and (checked or run.absent):
        text = terminal.render_checked(checked, "markdown", places, look, run.absent)
        add_summary(summary, text)
    sys.exit(2 if run.failed else int(is_refused(checked, minimum, run.rules, run.absent)))


def _render(
    checked: Sequence[Checked],
    form: CheckedForm,
    places: dict[str, maps.Place] | None,
    look: terminal.Look,
    absent: Sequence[DeletedCard | MissingCard],
) -> str:
    if form != "html":
        return terminal.render_checked(checked, form, places, look, absent)
    from cardiogram.report.document import render_checked_page

    return render_checked_page(checked, places, look.minimum)


class _Run:
    """What is asked of every target, and whether one of them could not be read."""

    def __init__(
        self,
        rules: Lint,
        id: str,
        of: CardType,
        fixes: bool,
        if_card: bool,
        detail: Detail,
        against: str | None,
    ) -> None:
        self.rules, self.id, self.of = rules, id, of
        self.fixes, self.if_card, self.detail, self.against = fixes, if_card, detail, against
        self.failed = False
        self.absent: list[DeletedCard | MissingCard] = []

    def check(self, targets: tuple[str, ...]) -> list[Checked]:
        """Check all that the targets name; what cannot be read is said on stderr."""
        checked: list[Checked] = []
        for target in targets:
            gone = self._look_for_deleted(target)
            if gone and not os.path.exists(target):  # no model of this name on the Hub is meant
                self.failed = True
                continue
            try:
                left_out: list[str] = []
                before = len(checked)
                for result in self._check_one(target):
                    if isinstance(result, NoCard):  # below a folder; others are errors
                        left_out.append(result.message)
                    elif isinstance(result, CardiogramError):  # of one of several: no hint
                        self.failed = True
                        echo(f"cardiogram: {result.message}", err=True)
                    else:
                        checked.append(result)
                if left_out:
                    more = f" (and {len(left_out) - 1} more)" if len(left_out) > 1 else ""
                    echo(f"{target}: left out: {left_out[0]}{more}", err=True)
                self._look_for_missing(target, checked[before:])
            except CardiogramError as error:
                if (
                    len(targets) == 1
                    and not gone
                    and not (self.if_card and isinstance(error, NoCard))
                ):
                    raise
                self._report(error)
        return checked

    def _look_for_deleted(self, target: str) -> list[DeletedCard]:
        """Cards that were there at the revision to compare with, which is said on stderr."""
        from cardiogram.check import find_deleted

        gone = find_deleted(target, self.against, self.of) if self.against else []
        for card in gone:
            said = f"{card.name}: deleted; at {self.against} it was rated {card.rating:.1f}"
            echo(f"cardiogram: {said}", err=True)
        self.absent += gone
        return gone

    def _look_for_missing(self, target: str, checked: list[Checked]) -> None:
        if os.path.isdir(target) and self.of == "model":
            from cardiogram.check import find_missing

            paths = [card.path for card in checked]
            self.absent += find_missing(target, paths, self.against)

    def _check_one(self, target: str) -> Iterator[Checked | CardiogramError]:
        from cardiogram.check import check, check_all

        if self.fixes:
            from cardiogram.check import fix_all

            for name, mended in fix_all(target, id=self.id, rules=self.rules, of=self.of):
                echo(f"{name}: {len(mended)} mended", err=True)
        if target == "-":
            data = sys.stdin.buffer.read()
            yield check(target, data=data, id=self.id, rules=self.rules, of=self.of)
            return
        with _progress(target) as on_progress:
            yield from check_all(
                target,
                id=self.id,
                rules=self.rules,
                of=self.of,
                detail=self.detail,
                on_progress=on_progress,
            )

    def _report(self, error: CardiogramError) -> None:
        if self.if_card and isinstance(error, NoCard):
            echo(f"{error.message}: left out", err=True)
            return
        self.failed = True
        print_error(error)


@contextlib.contextmanager
def _progress(target: str) -> Iterator[Progress]:
    """A bar where an owner's cards are read and somebody may watch."""
    from cardiogram.check import is_owner

    if not (sys.stderr.isatty() and is_owner(target)):
        yield silent
        return
    from cardiogram.cli.progress_bars import progress_bars

    with progress_bars() as on_progress:
        yield on_progress


def _refuse_one_file_for_many(against: str, checked: list[Checked]) -> None:
    if len(checked) > 1 and os.path.isfile(against):
        raise ConfigError(
            f"--against {against!r} is one file, and {len(checked)} cards are checked",
            hint="Give a revision of git, such as --against main, or one card.",
        )


def _place(checked: list[Checked], folder: Path | None, forms: set[str]) -> dict[str, maps.Place]:
    """Where the cards fall on a map, for the forms that show it."""
    if forms <= {"sarif", "github"} or ("json" not in forms and len(checked) > 1):
        return {}
    fitted = maps.map_of(folder) if folder else maps.reference_map()
    name = str(folder) if folder else "reference"
    return {
        result.target: maps.place(result.card, result.rating.scores, fitted, name=name)
        for result in checked
    }
