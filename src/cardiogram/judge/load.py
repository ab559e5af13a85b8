"""A judge by its name."""

from __future__ import annotations

from pathlib import Path

from cardiogram.errors import JudgeError
from cardiogram.judge.dataset_cards import DatasetJudge
from cardiogram.judge.embedded import OWN, embedded_judge, own_judge
from cardiogram.judge.gold import PREFIX, read_labels_judge
from cardiogram.judge.llm import ModelOptions, is_model, load_model
from cardiogram.judge.llm.transport import PROVIDERS
from cardiogram.judge.rating import Judge

JUDGES = ("embedded", "dataset-rules")
"""Names that :func:`load_judge` knows, besides files of labels and language models."""


def load_judge(name: str, options: ModelOptions | None = None) -> Judge:
    """A judge by its name.

    `embedded`, `embedded:FOLDER` for one of your own, `labels:FILE`, or a language model
    `PROVIDER/MODEL`.

    Raises
    ------
    JudgeError
        There is no judge of that name, or its key or extra is missing.
    DataError
        The file of ratings cannot be used.
    """
    if name == "embedded":
        return embedded_judge()
    if name == "dataset-rules":
        return DatasetJudge()
    if name.startswith(OWN):
        return own_judge(Path(name.removeprefix(OWN)))
    if name.startswith(PREFIX):
        return read_labels_judge(Path(name.removeprefix(PREFIX)))
    if is_model(name):
        return load_model(name, options)
    known = ", ".join([*JUDGES, f"{OWN}FOLDER", f"{PREFIX}FILE", "PROVIDER/MODEL"])
    raise JudgeError(
        f"no judge {name!r}", hint=f"Judges: {known}; providers: {', '.join(PROVIDERS)}"
    )
