"""
The errors of the extract package: each leaf is one thing that the operator does next.

ExtractError
    WrongUsage (2)              say it differently
    SourceUnavailable (5)       nothing can be read, or nothing more
        ClinicUnreachable       start it, or correct the address
        WrongCredentials        set the right token, password or key
        ClinicTooBusy           come back later
        ClinicAnswersBadly      it is no FHIR R4 server, or one that breaks the rules of paging
        NothingReadable         point at the right folder
        DemoClinicDied          see why it does not start
    ModelUnavailable (5)        ask again, or without a model
    NothingLanded (5)           land something first
    BuildNotCurrent (3)         build the models of what is landed
    ArchiveMisplaced (2)        name another folder
    ArchiveUnreadable (5)       point at the folder of an archive
    ManifestUnreadable (5)      let dbt write it again
    MapUnreadable (5)           repair the file that is named
    RawDatabaseBusy (5)         end the other process
    LandingFailed (5)           free the disk, run again
    RowsWentMissing (4)         read everything again
    Interrupted (6)             run again
"""

from __future__ import annotations

EXIT_USAGE = 2
EXIT_REFUSED = 3
EXIT_INCOMPLETE = 4
EXIT_UNAVAILABLE = 5
EXIT_INTERRUPTED = 6


class ExtractError(Exception):
    """The root: what happened, in one line, and what to do about it, in another."""

    exit_code = EXIT_UNAVAILABLE

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class WrongUsage(ExtractError):
    """The command's words do not make sense together."""

    exit_code = EXIT_USAGE


class SourceUnavailable(ExtractError):
    """Nothing can be read from the source, or nothing more."""


class ClinicUnreachable(SourceUnavailable):
    """No connection, or it keeps breaking."""


class WrongCredentials(SourceUnavailable):
    """The clinic's server does not let us in."""


class ClinicTooBusy(SourceUnavailable):
    """The clinic's server asks for more patience than one run has."""

    def __init__(self, message: str, *, hint: str, status: int) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class ClinicAnswersBadly(SourceUnavailable):
    """The answers are not those of a FHIR R4 server."""


class NothingReadable(SourceUnavailable):
    """The folder is not there, or holds no resource."""


class DemoClinicDied(SourceUnavailable):
    """The demo clinic did not start."""


class ModelUnavailable(ExtractError):
    """The language model that was to be asked does not answer as it should."""


class NothingLanded(ExtractError):
    """There is nothing to audit."""


class BuildNotCurrent(ExtractError):
    """The models were not built from what is landed now."""

    exit_code = EXIT_REFUSED


class ArchiveMisplaced(WrongUsage):
    """The archive cannot stay where it should be written."""


class ArchiveUnreadable(ExtractError):
    """The folder is no sealed archive."""


class ManifestUnreadable(ExtractError):
    """The file where dbt's manifest is expected is something else."""


class MapUnreadable(ExtractError):
    """A mart's YAML or a seed is not what the map's files are."""


class RawDatabaseBusy(ExtractError):
    """Another process has raw.duckdb open, or another extract is running."""


class LandingFailed(ExtractError):
    """The rows could not be written."""


class RowsWentMissing(ExtractError):
    """After a load, the raw tables do not hold what was landed."""

    exit_code = EXIT_INCOMPLETE


class Interrupted(ExtractError):
    """The operator stopped the run."""

    exit_code = EXIT_INTERRUPTED
