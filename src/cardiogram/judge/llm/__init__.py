"""Language models as judges: prompt, call, check of the answer, ledger, budget.

Only :mod:`.client` and :mod:`.batch` know the model client library, and they import it when they
are used, so that everything else works without the extra `llm`.
"""
