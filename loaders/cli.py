"""The command line: `clinic-load`, with its two lines for every failure."""

from __future__ import annotations

import sys

import typer

from extract.unforeseen import tell_no_values
from loaders import (
    cli_access,
    cli_estimate,
    cli_freeze,
    cli_plan,
    cli_purge,
    cli_report,
    cli_rollback,
    cli_run,
    cli_runbook,
    cli_schema,
    cli_trace,
    cli_verify,
)
from loaders.cli_audit_log import audit_log_app
from loaders.errors import DONE, INTERRUPTED, USAGE, LoaderError

# What typer answers when somebody presses Ctrl-C.
_TYPER_INTERRUPTED = 130

app = typer.Typer(
    name="clinic-load",
    help="Load the marts into a Salesforce org, prove that they arrived, and take them back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli_plan.register(app)
cli_estimate.register(app)
app.add_typer(cli_schema.schema_app, name="schema")
cli_run.register(app)
cli_verify.register(app)
app.add_typer(audit_log_app, name="audit-log")
cli_rollback.register(app)
cli_freeze.register(app)
cli_trace.register(app)
cli_report.register(app)
cli_runbook.register(app)
cli_purge.register(app)
cli_access.register(app)


def main() -> None:
    """Run the command line; every failure is two lines and an exit code."""
    tell_no_values()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    command = typer.main.get_command(app)
    try:
        code = command.main(
            cli_plan.with_sample_size(arguments), prog_name="clinic-load", standalone_mode=False
        )
    except LoaderError as error:
        return _fail(error.message, hint=error.hint, exit_code=error.exit_code)
    except KeyboardInterrupt:
        code = _TYPER_INTERRUPTED
    except typer.TyperException as misuse:
        say = getattr(misuse, "format_message", misuse.__str__)
        hint = "clinic-load --help, or clinic-load COMMAND --help"
        return _fail(" ".join(str(say()).split()), hint=hint, exit_code=USAGE)
    if code == _TYPER_INTERRUPTED:
        return _fail("interrupted", hint="clinic-load status latest", exit_code=INTERRUPTED)
    return code if isinstance(code, int) else DONE


def _fail(message: str, *, hint: str, exit_code: int) -> int:
    sys.stderr.write(f"Error: {message}\nTry: {hint}\n")
    return exit_code


if __name__ == "__main__":
    main()
