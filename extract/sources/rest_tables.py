"""What a vendor's REST API lists: kinds of records, and where those are that a list omits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RestTable:
    """
    One kind of record, listed under its own name.

    `also` are lists of records that the first one leaves out (archived, cancelled). `deleted` is
    the list of what was deleted: with one, only news are read from the second time on; without one
    the kind is read as a whole, and what is not listed any more is gone. `parent` is the kind whose
    every record has a list of these.
    """

    also: tuple[str, ...] = ()
    deleted: str | None = None
    parent: str | None = None

    def lists(self, name: str) -> dict[str, str]:
        """Return the path of each list, by a name for dlt."""
        return {name: name} | {f"{name}_{other}": f"{name}/{other}" for other in self.also}
