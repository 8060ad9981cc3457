"""Every way the loader can refuse or fail, sorted by what the operator does next."""

from __future__ import annotations

DONE = 0
USAGE = 2
REFUSED = 3
INCOMPLETE = 4
UNAVAILABLE = 5
INTERRUPTED = 6


class LoaderError(Exception):
    """
    The root: what happened, what to try, and the exit code that says so.

    LoaderError
    ├── WrongUsage (2)              the command line asks for something that is not there
    │   └── PlanNotFound
    ├── Refused (3)                 a gate stands in the way; nothing was sent
    │   ├── MappingRefused          the manifest says something that the loader does not know
    │   ├── WarehouseDiffers        the tables are not what the manifest promises
    │   ├── SchemaDiffers           the org lacks objects, fields, types or values
    │   ├── SchemaUnbuildable       the mapping cannot become Salesforce metadata
    │   ├── DeployRefused           the org refused components of the package
    │   ├── LoadOrderImpossible     required lookups form a circle
    │   └── ProductionNotNamed      a production org was not named by its id
    └── Unavailable (5)             something outside has to be brought up or corrected
        ├── NothingToRead           no manifest, no warehouse
        ├── OrgUnknown              no credentials under this alias
        ├── OrgUnavailable          the org does not answer, or answers nonsense
        ├── WrongCredentials        the org does not accept the login
        └── LimitReached            the org's own limits are used up
    """

    exit_code = USAGE

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongUsage(LoaderError):  # noqa: N818 - says what happened, STYLE C3
    """The command line asks for something that is not there."""

    exit_code = USAGE


class PlanNotFound(WrongUsage):
    """There is no plan of this name."""


class Refused(LoaderError):  # noqa: N818 - says what happened, STYLE C3
    """A gate stands in the way; nothing was sent."""

    exit_code = REFUSED


class MappingRefused(Refused):
    """The manifest says something that the loader does not know; all of it is listed."""

    def __init__(self, problems: list[str], *, hint: str) -> None:
        super().__init__(
            f"the mapping in the manifest is not usable: {'; '.join(problems)}", hint=hint
        )
        self.problems = problems


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
        shown = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(
            f"the org lacks what the mapping needs ({len(problems)}):{shown}", hint=hint
        )
        self.problems = problems


class SchemaUnbuildable(Refused):
    """The mapping cannot become Salesforce metadata; every reason is listed."""

    def __init__(self, problems: list[str], *, hint: str) -> None:
        shown = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"no package can be built from the mapping:{shown}", hint=hint)
        self.problems = problems


class DeployRefused(Refused):
    """The org refused components of the package."""


class LoadOrderImpossible(Refused):
    """Required lookups form a circle, so that no object can be loaded first."""


class ProductionNotNamed(Refused):
    """A production org must be named by its id before anything is written to it."""


class Unavailable(LoaderError):  # noqa: N818 - says what happened, STYLE C3
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
