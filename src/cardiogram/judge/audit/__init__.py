"""Does a judge rate what it should? Cards are changed in known ways, and rated again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.audit.effects import Audit, AuditEffect
    from cardiogram.judge.audit.run import AuditOptions, run_audit

attach(__name__)
