"""What a job is to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

JobKind = Literal["study", "panel", "portfolio", "snapshot"]
Combination = Literal["apart", "median", "severity", "cascade"]
"""How several judges' ratings are combined."""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a job is to do.

    Attributes
    ----------
    folder
        In the workspace: of a new study; of a study to be rated by other judges; of a ledger or
        a study whose counters are written down.
    source
        A file or folder of cards in the workspace to study; "" lists the Hub.
    owner
        Whose models are studied or drafted; "" is everybody's.
    limit
        Models studied, those with the most downloads first.
    judges
        `embedded`, `dataset-rules` or language models, as `PROVIDER/MODEL`.
    server
        Address of the server of `vllm`, `ollama` or `llamacpp` models.
    price_in, price_out
        US dollars for a million tokens, of models that are not in the list of prices.
    max_cost, max_calls
        US dollars and answers of language models that the job may take, however often it is
        resumed.
    """

    kind: JobKind
    folder: str = ""
    source: str = ""
    owner: str = ""
    task: str = ""
    library: str = ""
    search: str = ""
    limit: int | None = None
    judges: tuple[str, ...] = ("embedded",)
    combine: Combination = "apart"
    server: str = ""
    price_in: float | None = None
    price_out: float | None = None
    max_cost: float | None = None
    max_calls: int | None = None
