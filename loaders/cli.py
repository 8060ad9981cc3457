"""The command line: `clinic-load`, with its two lines for every failure."""

from __future__ import annotations

import sys

import click
import typer

from loaders import cli_plan
from loaders.errors import DONE, INTERRUPTED, USAGE, LoaderError

app = typer.Typer(
    name="clinic-load",
    help="Load the marts into a Salesforce org, prove that they arrived, and take them back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli_plan.register(app)


def main() -> None:
    """Run the command line; every failure is two lines and an exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    try:
        code = app(arguments, standalone_mode=False)
    except LoaderError as error:
        typer.echo(f"Error: {error.message}", err=True)
        typer.echo(f"Try: {error.hint}", err=True)
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE
    except (KeyboardInterrupt, click.Abort):
        typer.echo("Error: interrupted", err=True)
        typer.echo("Try: clinic-load status latest", err=True)
        return INTERRUPTED
    return code if isinstance(code, int) else DONE
