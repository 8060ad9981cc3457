"""Make docs/cli.md of what the commands say about themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "cli.md"
HEAD = """# Commands

Made by `make docs` from `--help`; a test keeps it true. Data goes to stdout, narration to stderr.
A failure prints `Error:` and `Try:` on stderr.

Exit codes: 0 done; 2 usage; 3 refused by a gate; 4 finished, but something is quarantined, failed,
held or different; 5 clinic or org unavailable, wrong credentials, nothing readable or a limit
reached; 6 interrupted, `clinic-load resume` goes on.
"""


def page() -> str:
    """Render the page; the width is fixed, so that every terminal gives the same one."""
    parts = [HEAD]
    for module, name in (("extract.cli", "clinic-extract"), ("loaders.cli", "clinic-load")):
        done = subprocess.run(
            [sys.executable, "-m", "typer", module, "utils", "docs", "--name", name],
            cwd=ROOT,
            env=os.environ | {"COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=True,
        )
        parts.append(done.stdout.replace("\n#", "\n##").replace("# `", "## `", 1))
    return "\n".join(part.strip() + "\n" for part in parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
