"""The command `clinic-extract`: lands a clinic's data in raw.duckdb."""

from __future__ import annotations

import json as json_text
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from extract.cli_propose import propose
from extract.data_folder import data_folder, manifest, private_files
from extract.errors import ExtractError, Interrupted, WrongUsage
from extract.mapped_tables import mapped_tables
from extract.narration import narrator
from extract.raw_tables import init as create_raw_tables
from extract.unforeseen import tell_no_values

# dlt reads these once, when it is imported: its own lines would say table names and values, and
# nothing is to be sent anywhere.
DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    # Batches come bounded by bytes: none of them waits in memory for 5,000 rows.
    "DATA_WRITER__BUFFER_MAX_ITEMS": "1",
    "LOAD__WORKERS": "4",
    "LOAD__DELETE_COMPLETED_JOBS": "true",
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
}

app = typer.Typer(
    help="Lands a clinic's data, each payload unchanged, in raw.duckdb.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def init() -> None:
    """
    Create the declared raw tables that are missing, empty.

    Example: clinic-extract init
    """
    folder = data_folder()
    with private_files(folder):
        create_raw_tables(folder.raw_database)
        create_raw_tables(folder.raw_database, [mapped_tables(Path())])


@app.command()
def run(  # noqa: PLR0913 - one parameter for each option of the command
    source: Annotated[
        str, typer.Argument(help="How it is read: fhir, openemr, cliniko, files, demo.")
    ],
    *,
    system: Annotated[str | None, typer.Option(help="Whose data it is.")] = None,
    url: Annotated[str | None, typer.Option(help="Address of the server.")] = None,
    files: Annotated[
        Path | None, typer.Option("--from", help="Folder of R4 files, or of an export.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="Export: TABLE=COLUMN[,COLUMN], which tell its rows apart."),
    ] = None,
    bulk: Annotated[
        str | None,
        typer.Option(help="FHIR: by Bulk Data export of `system`, `Patient` or `Group/ID`."),
    ] = None,
    documents: Annotated[
        Path | None, typer.Option(help="OpenEMR: folder of its documents.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only news.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print counts as JSON.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what was asked for, and why what was left.")
    ] = False,
    patients: Annotated[int | None, typer.Option(min=1, help="Demo clinic: its size.")] = None,
    seed: Annotated[int | None, typer.Option(help="Demo clinic: its seed.")] = None,
    checkpoint: Annotated[
        int | None, typer.Option(min=1, help="Land after so many resources.")
    ] = None,
) -> None:
    """
    Land or refresh one system's data.

    Example: clinic-extract run fhir --system north --url https://ehr.example/fhir
    """
    # Imported here because dlt takes half a second, which `init` should not cost.
    from extract import report  # noqa: PLC0415
    from extract.explain import explained, tables  # noqa: PLC0415
    from extract.request import Request, keys_of  # noqa: PLC0415
    from extract.run import CHECKPOINT_RESOURCES, real_clock  # noqa: PLC0415
    from extract.run import run as extract  # noqa: PLC0415

    request = Request(
        source=source,
        system=system,
        url=url,
        files=files,
        documents=documents,
        bulk=bulk,
        is_full=full,
        patients=patients,
        seed=seed,
        checkpoint=CHECKPOINT_RESOURCES if checkpoint is None else checkpoint,
        keys=keys_of(key or []),
    )
    with narrator(Console(stderr=True)) as told:
        tally = extract(request, folder=data_folder(), narrator=told, clock=real_clock())
    if json:
        answer = report.as_json(tally, source=source, system=system or source)
        if explain:
            answer["explained"] = explained(tally)
        sys.stdout.write(json_text.dumps(answer) + "\n")
    else:
        for table in tables(tally) if explain else ():
            Console().print(table, "")
        Console().print(report.as_table(tally))
        for line in report.remarks(tally):
            told.say(line)
    raise typer.Exit(report.exit_code(tally))


@app.command()
def audit(
    *, json: Annotated[bool, typer.Option("--json", help="Print the audit as JSON.")] = False
) -> None:
    """
    Look at everything that was landed: fields, findings, ties, and what has to be rebuilt.

    Writes audit.html, audit.json and the list of findings by record into reports/audit. Shows no
    patient's data: counts, shapes and codes. What is found is no failure: exit 0, or 4 when the
    counts do not add up.

    Example: clinic-extract audit
    """
    # Imported here because the audit's templates and Arrow cost what `init` should not.
    from extract.audit.audit import audit as look  # noqa: PLC0415
    from extract.audit.report import exit_code, summary, write_report  # noqa: PLC0415

    folder = data_folder()
    with private_files(folder), narrator(Console(stderr=True)) as told:
        into = folder.audit_reports
        into.mkdir(parents=True, exist_ok=True)
        found = look(folder, manifest=manifest(), into=into, narrator=told)
        answer = write_report(found, into)
    if json:
        sys.stdout.write(answer)
    else:
        Console().print(summary(found))
        sys.stderr.write(f"The report is {into / 'audit.html'}\n")
    raise typer.Exit(exit_code(found))


@app.command()
def archive(
    *,
    into: Annotated[
        Path | None, typer.Option(help="A folder that is not there yet, to be kept for years.")
    ] = None,
    without_target: Annotated[
        bool, typer.Option("--without-target", help="Only what the map takes nothing of.")
    ] = False,
    check: Annotated[
        Path | None, typer.Option(help="Look whether this archive is still whole.")
    ] = None,
    seal: Annotated[
        str | None, typer.Option(help="With --check: the seal as you noted it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print counts or findings as JSON.")] = False,
) -> None:
    """
    Keep every original of the old system by patient, sealed, for the time after it is switched off.

    Exit 4 when the counts do not close, or an archive is not as it was sealed.

    Example: clinic-extract archive --into /media/vault/clinic-2026
    """
    from extract.archive.archive import write_archive  # noqa: PLC0415
    from extract.archive.report import as_json, as_table, checked, exit_code  # noqa: PLC0415

    if check is not None:
        raise typer.Exit(checked(check, seal=seal, as_json=json))
    if into is None or seal is not None:
        hint = "clinic-extract archive --into FOLDER, or --check FOLDER [--seal SEAL]"
        raise WrongUsage("write an archive, or check one?", hint=hint)
    folder = data_folder()
    with private_files(folder), narrator(Console(stderr=True)) as told:
        written = write_archive(
            folder,
            into=into.resolve(),
            manifest=manifest(),
            without_target=without_target,
            narrator=told,
        )
    if json:
        sys.stdout.write(json_text.dumps(as_json(written)) + "\n")
    else:
        Console().print(as_table(written))
        sys.stderr.write(f"The archive is {written.folder}\nNote its seal: {written.seal}\n")
    raise typer.Exit(exit_code(written))


app.command()(propose)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; a failure is two lines on stderr and an exit code."""
    tell_no_values()
    for name, value in DLT_SETTINGS.items():
        os.environ.setdefault(name, value)
    command = typer.main.get_command(app)
    try:
        sys.exit(command.main(arguments, prog_name="clinic-extract", standalone_mode=False))
    except KeyboardInterrupt:
        fail(Interrupted("interrupted", hint="run the same command again; it goes on"))
    except ExtractError as failure:
        fail(failure)
    except typer.TyperException as misuse:
        fail(WrongUsage(misuse_in_words(misuse), hint="clinic-extract run --help"))


def misuse_in_words(misuse: typer.TyperException) -> str:
    """Return what typer says is wrong with the command line, in one line."""
    say = getattr(misuse, "format_message", misuse.__str__)
    return " ".join(str(say()).split())


def fail(failure: ExtractError) -> None:
    """Say what happened and what to do, and exit."""
    sys.stderr.write(f"Error: {failure}\nTry: {failure.hint}\n")
    sys.exit(failure.exit_code)


if __name__ == "__main__":
    main()
