"""Make data/prices.json from the table of the package genai-prices (a dependency of `llm`).

`python tools/make_prices.py` after an update of that package; `--check` is not part of CI, as
prices change without us.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from genai_prices import data_snapshot

OUT = Path(__file__).parents[1] / "src/cardiogram/data/prices.json"
_PROVIDERS = ("openai", "anthropic", "google", "openai-decisions")
_SKIPPED = ("audio", "realtime", "image", "tts", "transcribe", "embedding", "whisper", "live")


def main() -> None:
    """Write the file."""
    snapshot = data_snapshot.get_snapshot()
    now = datetime.now(timezone.utc)
    models: dict[str, dict[str, float]] = {}
    for provider in snapshot.providers:
        if provider.id not in _PROVIDERS:
            continue
        for model in provider.models:
            row = _price(model, now)
            if row and not any(word in model.id for word in _SKIPPED):
                models[f"{provider.id}/{model.id}"] = row
    data = {
        "date": now.date().isoformat(),
        "source": f"genai-prices {version('genai-prices')} (MIT), US dollars per million tokens",
        "models": dict(sorted(models.items())),
    }
    head = json.dumps(data, indent=1).partition('"models": {')[0]
    rows = [f'  "{name}": {json.dumps(row)}' for name, row in data["models"].items()]
    OUT.write_text(f'{head}"models": {{\n' + ",\n".join(rows) + "\n }\n}\n", "utf-8")
    print(f"{len(models)} models, {OUT.stat().st_size} bytes")


def _price(model: Any, now: datetime) -> dict[str, float] | None:
    price = model.get_prices(now)
    paid = [_plain(price.input_mtok), _plain(price.output_mtok)]
    if paid[0] is None:
        return None
    paid[1] = paid[1] or 0.0  # a model that decides writes nothing
    cached = _plain(price.cache_read_mtok)
    row = {"input": paid[0], "output": paid[1], "cached": paid[0] if cached is None else cached}
    for variant in model.price_variants or ():
        if variant.when.get("processing") == "batch" and row["input"]:
            row["batch"] = round((_plain(variant.prices.input_mtok) or 0) / row["input"], 4)
    return row  # type: ignore[return-value]


def _plain(value: Any) -> float | None:
    """A price; of one that grows with the prompt, the first step."""
    value = getattr(value, "base", value)
    return None if value is None else float(value)


if __name__ == "__main__":
    main()
