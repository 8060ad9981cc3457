"""Every way the loader can refuse or fail, sorted by what the operator does next."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

DONE = 0
USAGE = 2
REFUSED = 3
INCOMPLETE = 4
UNAVAILABLE = 5
INTERRUPTED = 6

SCREEN_WIDTH = 80


class LoaderError(Exception):
    """
    The root: what happened, what to try, and the exit code that says so.

    LoaderError
    ├── WrongUsage (2)              the command line asks for something that is not there
    │   ├── PlanNotFound
    │   ├── RunNotFound
    │   └── RecordUnknown
    ├── Refused (3)                 a gate stands in the way; nothing was sent
    │   ├── MappingRefused          the manifest says something that the loader does not know
    │   ├── MapStillProposed        nobody confirmed a part of the map that was only proposed
    │   ├── WarehouseDiffers        the tables are not what the manifest promises
    │   ├── SchemaDiffers           the org lacks objects, fields, types or values
    │   ├── SchemaUnbuildable       the mapping cannot become Salesforce metadata
    │   ├── DeployRefused           the org refused components of the package
    │   ├── SettingsOff             the org has settings off that nothing can be loaded without
    │   ├── DropRefused             there is nothing of ours to remove, or something stands in it
    │   ├── NotApproved             nobody confirmed the part of the map that this needs
    │   ├── LoadOrderImpossible     required lookups form a circle
    │   ├── ProductionNotNamed      a production org was not named by its id
    │   ├── PushRefused             the plan is not approved, not clean or not fresh
    │   ├── RollbackRefused         the run is not one that can be undone here
    │   ├── PurgeRefused            a run still needs its files, or nobody confirmed what goes
    │   ├── LedgerBroken            the ledger was changed after it was written
    │   └── LedgerBusy              another command is writing to the ledger
    ├── Unavailable (5)             something outside has to be brought up or corrected
    │   ├── NothingToRead           no manifest, no warehouse
    │   ├── OrgUnknown              no credentials under this alias
    │   ├── OrgUnavailable          the org does not answer, or answers nonsense
    │   ├── OrgRefused              the org answered a request with an error code
    │   ├── WrongCredentials        the org does not accept the login
    │   └── LimitReached            the org's own limits are used up
    ├── CanaryDiffers (4)           the org made something else of the first record of an object
    └── Interrupted (6)             cut off in the middle; resume finishes it
        └── JobStillRunning         the org is still working on a job
    """

    exit_code = USAGE

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongUsage(LoaderError):
    """The command line asks for something that is not there."""

    exit_code = USAGE


class PlanNotFound(WrongUsage):
    """There is no plan of this name."""


class RunNotFound(WrongUsage):
    """There is no run of this name, or not one that this command can take."""


class RecordUnknown(WrongUsage):
    """Nothing of a patient has this key."""


class Refused(LoaderError):
    """A gate stands in the way; nothing was sent."""

    exit_code = REFUSED


class MappingRefused(Refused):
    """The manifest says something that the loader does not know; all of it is listed."""

    def __init__(self, problems: list[str], *, hint: str) -> None:
        super().__init__(
            f"the mapping in the manifest is not usable: {'; '.join(problems)}", hint=hint
        )
        self.problems = problems


class MapStillProposed(Refused):
    """Parts of the map are proposed, and nobody confirmed them; all of them are listed."""

    def __init__(self, proposed: list[str], *, hint: str) -> None:
        super().__init__(f"the map is still proposed: {'; '.join(proposed)}", hint=hint)
        self.proposed = proposed


class WarehouseDiffers(Refused):
    """The tables in the warehouse are not what the manifest promises."""

    def __init__(self, problems: list[str], *, hint: str) -> None:
        super().__init__(
            f"the warehouse differs from the manifest: {'; '.join(problems)}", hint=hint
        )
        self.problems = problems


class SchemaDiffers(Refused):
    """The org lacks objects, fields, types or values that the mapping needs; all are listed."""

    def __init__(self, problems: list[str], *, hint: str) -> None:
        shown = "\n".join(_gathered(problems))
        super().__init__(
            f"the org lacks what the mapping needs ({len(problems)}):\n{shown}", hint=hint
        )
        self.problems = problems


def _gathered(problems: Iterable[str]) -> list[str]:
    """Give one paragraph per object and reason: a fresh org lacks a hundred fields at once."""
    fields: dict[tuple[str, str], list[str]] = {}
    for problem in problems:
        where, _, reason = problem.partition(": ")
        sobject, _, field = where.partition(".")
        fields.setdefault((sobject, reason), []).extend([field] if field else [])
    return [
        textwrap.fill(
            f"{sobject}: {reason}" + (f": {', '.join(names)}" if names else ""),
            width=SCREEN_WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for (sobject, reason), names in fields.items()
    ]


class SchemaUnbuildable(Refused):
    """The mapping cannot become Salesforce metadata; every reason is listed."""

    def __init__(self, problems: list[str], *, hint: str) -> None:
        shown = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"no package can be built from the mapping:{shown}", hint=hint)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ComponentFailure:
    """A component that the org refused, and why, in its own words."""

    type: str
    full_name: str
    problem: str


class DeployRefused(Refused):
    """The org refused components of the package; each is listed."""

    def __init__(
        self, message: str, *, hint: str, failures: tuple[ComponentFailure, ...] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.failures = failures


class SettingsOff(Refused):
    """The org has settings off that nothing can be loaded without; all are listed."""

    def __init__(self, settings: list[str], *, hint: str) -> None:
        shown = "".join(f"\n  {setting}" for setting in settings)
        super().__init__(f"settings that this map needs are off in the org:{shown}", hint=hint)
        self.settings = settings


class DropRefused(Refused):
    """The schema stays: nothing of it is ours, or records would lose something with it."""


class NotApproved(Refused):
    """Nobody confirmed, in its present form, the part of the map that this needs."""


class LoadOrderImpossible(Refused):
    """Required lookups form a circle, so that no object can be loaded first."""


class ProductionNotNamed(Refused):
    """A production org must be named by its id before anything is written to it."""


class PushRefused(Refused):
    """The plan is not approved, not clean or not fresh, or production was not rehearsed."""


class RollbackRefused(Refused):
    """The run is not one that can be undone in this org."""


class PurgeRefused(Refused):
    """The working data stays: a run still needs it, or nobody confirmed what goes."""


class LedgerBroken(Refused):
    """The ledger was changed after it was written: nothing may be undone or resumed by it."""


class LedgerBusy(Refused):
    """Another command is writing to the ledger."""


class Unavailable(LoaderError):
    """Something outside has to be brought up or corrected."""

    exit_code = UNAVAILABLE


class NothingToRead(Unavailable):
    """There is no manifest or no warehouse to read."""


class OrgUnknown(Unavailable):
    """No credentials are to be found under this alias."""


class OrgUnavailable(Unavailable):
    """The org does not answer, or answers something that is not Salesforce."""


class WrongCredentials(Unavailable):
    """The org does not accept the login."""


class LimitReached(Unavailable):
    """The org's own limits are used up."""


class OrgRefused(Unavailable):
    """The org answered a request with an error; its message stays out, it may quote a record."""

    def __init__(self, request: str, *, status: int, code: str) -> None:
        super().__init__(
            f"the org answered {status} {code} to {request}",
            hint="clinic-load orgs --org ALIAS",
        )
        self.status = status
        self.code = code


class CanaryDiffers(LoaderError):
    """The first record of an object is not in the org as it was sent; the rest was not sent."""

    exit_code = INCOMPLETE

    def __init__(self, sobject: str, fields: list[str], *, org: str) -> None:
        super().__init__(
            f"the first record of {sobject} is not in the org as it was sent: {', '.join(fields)};"
            " no other was sent",
            hint="see what in the org changes them (a flow, a rule), then"
            f" clinic-load resume latest --org {org}, with --as-it-arrives {sobject} if they may",
        )
        self.fields = fields


class Interrupted(LoaderError):
    """Cut off in the middle; the ledger knows how far it got."""

    exit_code = INTERRUPTED


class JobStillRunning(Interrupted):
    """The org is still working on a job after the time we gave it."""

    def __init__(self, job_id: str, *, state: str) -> None:
        super().__init__(
            f"job {job_id} is still {state}", hint="clinic-load resume latest --org ALIAS"
        )
        self.job_id = job_id
