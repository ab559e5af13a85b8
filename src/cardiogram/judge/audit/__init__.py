"""Does a judge rate what it should? Cards are changed in known ways, and rated again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.audit.effects import Audit as Audit, Effect as Effect
    from cardiogram.judge.audit.run import Plan as Plan, run_audit as run_audit

attach(__name__)
