"""Audit the shipped judge on labelled cards and keep the effects beside its weights.

::

    python tools/audit_judge.py CARDS.jsonl.gz

Run it after every training: the report shows an audit of the same version only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from cardiogram.collect import read_cards
from cardiogram.judge.audit.effects import audit
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.store import write_atomically

OUT = Path(__file__).parents[1] / "src" / "cardiogram" / "data" / "judge" / "audit.json"
DIGITS = 4


def _rounded(value: object) -> object:
    """The same with numbers that a reader can take in."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def main(arguments: Sequence[str] | None = None) -> int:
    """Write `audit.json`; exit with 1 where an effect is beyond its tolerance."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cards", type=Path, help="cards as .jsonl or .jsonl.gz")
    options = parser.parse_args(arguments)
    found = audit(embedded_judge(), list(read_cards(options.cards)))
    text = json.dumps(_rounded(found.as_dict()), indent=1, ensure_ascii=False)
    write_atomically(OUT, f"{text}\n".encode())
    return int(bool(found.failed))


if __name__ == "__main__":
    raise SystemExit(main())
