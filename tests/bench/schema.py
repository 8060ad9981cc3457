"""The object that the bench loads: twelve columns, one of nearly every type, and a lookup."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.loaders.stand_in_org.engine_package import (
    custom_object,
    field,
    key_field,
    package,
    permission_set,
    standard_object,
    values,
)

SOBJECT = "Visit__c"
PARENTS = 1_000
_FIELDS = (
    "Active", "Charge", "Day", "Duration", "Kind", "Mail", "Note", "Patient", "Phone", "Started_At",
    "Title",
)  # fmt: skip

# A row's cells follow from its number and the turn alone, so every run sends the same bytes.
_ROWS = """
    select
        'bench:visit:' || n as Clinic_Id__c,
        'Visit ' || (n * 7919) % 1000003 as Title__c,
        (n * 31 + {turn}) % 90000 + 0.25 as Charge__c,
        (n + {turn}) % 240 as Duration__c,
        strftime(date '2015-01-01' + cast(n % 3650 as integer), '%Y-%m-%d') as Day__c,
        strftime(timestamp '2015-01-01' + to_seconds(n * 61 + {turn}), '%Y-%m-%dT%H:%M:%S.000Z')
            as Started_At__c,
        n % 2 = 0 as Active__c,
        ['Checkup', 'Surgery', 'Phone'][1 + n % 3] as Kind__c,
        'p' || n || '@example.org' as Mail__c,
        '555-' || lpad(cast(n % 10000 as varchar), 4, '0') as Phone__c,
        'Came in at turn {turn}, said little' as Note__c,
        'bench:account:' || n % {parents} as "Patient__r.Clinic_Id__c"
    from range({first}, {after}) as numbers(n)
"""


def bench_package() -> bytes:
    """Give the metadata of the object, its parent's key and the right to write both."""
    visit = custom_object(
        "Visit",
        key_field(),
        field("Title__c", "Text", length="80"),
        field("Charge__c", "Currency", precision="18", scale="2"),
        field("Duration__c", "Number", precision="8", scale="0"),
        field("Day__c", "Date"),
        field("Started_At__c", "DateTime"),
        field("Active__c", "Checkbox", defaultValue="false"),
        field("Kind__c", "Picklist", values("Checkup", "Surgery", "Phone")),
        field("Mail__c", "Email"),
        field("Phone__c", "Phone"),
        field("Note__c", "LongTextArea", length="1000", visibleLines="3"),
        field("Patient__c", "Lookup", deleteConstraint="Restrict", referenceTo="Account",
              relationshipName="Visits"),
    )  # fmt: skip
    granted = ["Account.Clinic_Id__c", f"{SOBJECT}.Clinic_Id__c"]
    granted += [f"{SOBJECT}.{name}__c" for name in _FIELDS]
    return package(
        {
            "objects/Account.object": standard_object(key_field()),
            f"objects/{SOBJECT}.object": visit,
            "permissionsets/Load.permissionset": permission_set(
                granted, [SOBJECT], ["BulkApiHardDelete"]
            ),
        },
        {"CustomObject": ["Account", SOBJECT], "PermissionSet": ["Load"]},
    )


def parents_csv() -> bytes:
    """Give the accounts that the rows look up."""
    lines = ["Clinic_Id__c,Name", *(f"bench:account:{n},Bench {n}" for n in range(PARENTS))]
    return ("\n".join(lines) + "\n").encode()


def write_csv(path: Path, first: int, after: int, *, turn: int) -> None:
    """Write the rows from `first` up to `after` as this turn sends them."""
    rows = _ROWS.format(first=first, after=after, turn=turn, parents=PARENTS)
    with duckdb.connect() as connection:
        connection.execute(f"copy ({rows}) to '{path}' (header, delimiter ',')")
