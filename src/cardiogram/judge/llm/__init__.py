"""Language models as judges: prompt, call, check of the answer, ledger, budget.

Only :mod:`.client` and :mod:`.batch` know the model client library, and they import it when they
are used, so that everything else works without the extra `llm`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.llm.budget import PILOT as PILOT, Budget as Budget, Estimate as Estimate
    from cardiogram.judge.llm.judge import InItsName as InItsName, LLMJudge as LLMJudge
    from cardiogram.judge.llm.ledger import Ledger as Ledger
    from cardiogram.judge.llm.options import (
        ModelOptions as ModelOptions,
        is_model as is_model,
        load_model as load_model,
    )
    from cardiogram.judge.llm.prompt import show as show
    from cardiogram.judge.llm.runner import Via as Via, ask_now as ask_now, estimate as estimate
    from cardiogram.judge.llm.standalone import (
        Terms as Terms,
        answers_folder as answers_folder,
        ask_kept as ask_kept,
    )

attach(__name__)
