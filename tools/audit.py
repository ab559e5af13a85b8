"""Ask a service which of the installed packages have known vulnerabilities; CI runs it.

Exits with 1 where one has, and with 0 and the reason where the service cannot be reached.
"""

from __future__ import annotations

import subprocess
import sys

COMMAND = "pip_audit -s osv --skip-editable --progress-spinner off"
UNREACHABLE = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "Max retries", "ServiceError")
SECONDS = 120


def audit() -> tuple[int, str]:
    """Exit code, and what is said."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", *COMMAND.split()],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return 0, f"audit skipped: its service did not answer in {SECONDS} s"
    said = (done.stdout + done.stderr).strip()
    if done.returncode and any(sign in said for sign in UNREACHABLE):
        return 0, f"audit skipped: its service cannot be reached ({said.splitlines()[-1][:100]})"
    return done.returncode, f"audit: {said}"


if __name__ == "__main__":
    code, words = audit()
    print(words)
    sys.exit(code)
