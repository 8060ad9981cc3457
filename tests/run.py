"""Run every linter and every test, side by side on two cores, inside one time limit."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON_M = [str(BIN / "python"), "-m"]
LIMIT_SECONDS = 18 * 60
LINT_BY_ITSELF = "lint"
WORKERS = 2


def lint_commands() -> list[list[str]]:
    """Name each linter with its arguments; all of them read, none of them writes."""
    return [
        [str(BIN / "ruff"), "check", "."],
        [str(BIN / "ruff"), "format", "--check", "."],
        [str(BIN / "mypy")],
        [str(BIN / "yamllint"), "--strict", "."],
        [str(BIN / "clinic-extract"), "init"],
        [*PYTHON_M, "tests.lint_sql", "lint", "models", "tests/dbt", "--disable-progress-bar"],
    ]


def lint(log: Path, data: Path) -> int:
    """
    Run every linter, whatever the one before it said, and return how many failed.

    sqlfluff compiles through dbt, so it gets a data directory of its own, never beside a build.
    """
    environment = os.environ | {
        "CLINIC_DATA_DIR": str(data / "data"),
        "DBT_TARGET_PATH": str(data / "target"),
        "DBT_LOG_PATH": str(data / "logs"),
    }
    failed = 0
    with log.open("w", encoding="utf-8") as out:
        for command in lint_commands():
            started = time.monotonic()
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
            failed += done.returncode != 0
            state = "ok" if done.returncode == 0 else f"FAILED with exit code {done.returncode}"
            name = " ".join([Path(command[0]).name, *command[1:]])
            out.write(f"{name}: {state} ({time.monotonic() - started:.0f} s)\n")
            out.flush()
    return failed


def test(arguments: list[str]) -> int:
    """
    Run pytest over everything, a worker for each core, and return its exit code.

    Which tests stay with one worker is said in tests/scheduling.py.
    """
    workers = ["-n", str(WORKERS), "--dist", "loadscope", "--no-loadscope-reorder"]
    command = [*PYTHON_M, "pytest", *workers, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run linters beside the tests; fail when either does, or when both took too long."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="clinic-lint-") as scratch:
        log = Path(scratch) / "lint.log"
        if arguments == [LINT_BY_ITSELF]:
            failed = lint(log, Path(scratch))
            sys.stdout.write(log.read_text(encoding="utf-8"))
            return failed
        linter = os.fork()
        if linter == 0:
            os._exit(min(lint(log, Path(scratch)), 100))
        tests = test(arguments)
        failed = os.waitstatus_to_exitcode(os.waitpid(linter, 0)[1])
        sys.stdout.write(log.read_text(encoding="utf-8"))

    took = time.monotonic() - started
    sys.stdout.write(f"{took:.0f} s in all; the limit is {LIMIT_SECONDS} s\n")
    return 1 if tests or failed or took > LIMIT_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
