"""Who may see what: the groups that the marts name, and what each of them may read."""

from __future__ import annotations

from loaders.contract import Column, Mapping, Mart

# A group, and the permission set that lets it read.
READERS = {
    "front_desk": "Clinic_Front_Desk",
    "clinical": "Clinic_Clinical",
    "billing": "Clinic_Billing",
}


def column_readers(mart: Mart, column: Column) -> tuple[str, ...]:
    """
    Name the groups that see a field: its own list, or its mart's.

    A custom field of the clinic counts as PHI until its column names its readers: one that somebody
    confirms later is never open to the front desk by accident.
    """
    if column.readers is not None:
        return column.readers
    guarded = column.phi or column.source_custom_field is not None
    return mart.phi_readers if guarded else mart.readers


def readers_named(mapping: Mapping) -> tuple[str, ...]:
    """Name the groups that some mart opens something to, in a fixed order."""
    named = {reader for mart in mapping.marts for reader in mart.readers}
    return tuple(reader for reader in READERS if reader in named)


def mart_reader_problems(mart: Mart) -> list[str]:
    """List the readers of a mart that do not exist, or would see its PHI without seeing it."""
    return _problems(mart.readers, "readers", within=tuple(READERS)) + _problems(
        mart.phi_readers, "phi_readers", within=mart.readers
    )


def column_reader_problems(mart: Mart, column: Column) -> list[str]:
    """List the readers of a column that do not exist, or do not see its object."""
    return _problems(column.readers or (), "readers", within=mart.readers)


def _problems(named: tuple[str, ...], key: str, *, within: tuple[str, ...]) -> list[str]:
    unknown = [f"{key}: there is no reader {name}" for name in named if name not in READERS]
    beyond = [
        f"{key}: {name} does not see the object"
        for name in named
        if name in READERS and name not in within
    ]
    return unknown + beyond
