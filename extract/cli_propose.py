"""The verb `clinic-extract propose`: a map of an export, or of the clinic's own fields."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from extract.data_folder import data_folder, private_files
from extract.errors import WrongUsage
from extract.narration import narrator


def propose(  # noqa: PLR0913 - what may be said on the command line
    source: Annotated[
        str | None, typer.Argument(help="The export to map: the system it was landed as.")
    ] = None,
    *,
    custom_fields: Annotated[
        bool, typer.Option("--custom-fields", help="For the clinic's own fields.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Edit the files of the map.")] = False,
    shield: Annotated[
        bool, typer.Option("--shield", help="The org has Shield: encrypt what can be encrypted.")
    ] = False,
    ask_model: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Ask a language model too: it gets names and counts, never a value.",
        ),
    ] = None,
    model: Annotated[str, typer.Option(help="The model's name at that address.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print the proposal as JSON.")] = False,
) -> None:
    """
    Propose the map of an export, or a column for each of the clinic's own fields.

    For an export: models from staging to the clinic contract, YAML, and a seed of codes, marked
    `proposed`; what was decided before stays, and what somebody edited is left alone. For the
    clinic's own fields: a diff of the marts' YAML and of the picklists' seed. Texts of patients are
    never shown, codes only where several records share them. Exit 4 when there is something about
    which a person has to decide.

    `--ask-model` names an endpoint of chat completions; PROPOSE__TOKEN is its token, if it has one.

    Example: clinic-extract propose north --write
    """
    from extract.propose.command import as_json, propose_custom_fields, told  # noqa: PLC0415

    if custom_fields == bool(source):
        raise WrongUsage(
            "propose what: the map of an export, or custom fields?",
            hint="clinic-extract propose north, or clinic-extract propose --custom-fields",
        )
    if source:
        propose_map(source, write=write, json=json, ask_model=ask_model, model=model)
    folder, project = data_folder(), Path()
    with private_files(folder), narrator(Console(stderr=True)) as telling:
        edits = propose_custom_fields(folder, project=project, with_shield=shield, narrator=telling)
    if write:
        edits.write(project)
    if json:
        sys.stdout.write(json_text.dumps(as_json(edits), indent=1, ensure_ascii=False) + "\n")
    else:
        print_diff(edits.diff)
        for line in told(edits.proposal):
            sys.stderr.write(line + "\n")
    raise typer.Exit(edits.exit_code)


def propose_map(
    system: str, *, write: bool, json: bool, ask_model: str | None, model: str
) -> NoReturn:
    """Propose the map of an export, print or write it, and exit."""
    from extract.propose.asked_model import Endpoint  # noqa: PLC0415
    from extract.propose.edits import unified_diff  # noqa: PLC0415
    from extract.propose.source_map import as_json, propose_source, told  # noqa: PLC0415
    from extract.settings import configured  # noqa: PLC0415

    folder, project = data_folder(), Path()
    endpoint = Endpoint(ask_model, model, configured("propose.token")) if ask_model else None
    with private_files(folder):
        made = propose_source(folder, project=project, system=system, endpoint=endpoint)
    if write:
        made.write(project)
    if json:
        sys.stdout.write(json_text.dumps(as_json(made), indent=1, ensure_ascii=False) + "\n")
    else:
        print_diff(() if write else list(unified_diff(made.before, made.texts)))
        for line in told(made, system):
            sys.stderr.write(line + "\n")
    raise typer.Exit(made.exit_code)


def print_diff(lines: Sequence[str]) -> None:
    """Print a diff, in colour where somebody looks at it; elsewhere byte for byte."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    console = Console()
    for line in lines:
        if console.is_terminal:
            console.print(Text(line.rstrip("\n"), colours.get(line[0], "")), soft_wrap=True)
        else:
            sys.stdout.write(line)
