"""Language models as judges: prompt, call, check of the answer, ledger, budget.

A judge (:mod:`.judge`) is a value and calls nobody; :mod:`.runner` asks, by a transport that is
passed in. Only :mod:`.transport` knows the model client library, and imports it when a model is
asked, so that everything else works without the extra `llm`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.llm.budget import Budget as Budget
    from cardiogram.judge.llm.estimate import (
        PILOT as PILOT,
        CostEstimate as CostEstimate,
        estimate_cost as estimate_cost,
    )
    from cardiogram.judge.llm.judge import LLMJudge as LLMJudge
    from cardiogram.judge.llm.ledger import Ledger as Ledger
    from cardiogram.judge.llm.options import (
        ModelOptions as ModelOptions,
        is_model as is_model,
        load_model as load_model,
        name_model as name_model,
    )
    from cardiogram.judge.llm.prompt import show_card as show_card
    from cardiogram.judge.llm.question import (
        AskedModel as AskedModel,
        ModelQuestion as ModelQuestion,
        ask_question as ask_question,
    )
    from cardiogram.judge.llm.runner import (
        RequestMode as RequestMode,
        ask_models as ask_models,
        rate_with_models as rate_with_models,
    )
    from cardiogram.judge.llm.standalone import (
        RunOptions as RunOptions,
        answers_folder as answers_folder,
        rate_with_ledgers as rate_with_ledgers,
    )

attach(__name__)
