"""What an e-mail, a profile name, a record type or `standard` means in this org."""

from __future__ import annotations

from loaders.bench import Bench
from loaders.bulk_query import query_into
from loaders.canonical import quoted
from loaders.org_line import OrgLine
from loaders.plan_store import PlanColumn

MATCHES = frozenset({"email", "name", "developer_name", "standard"})
STANDARD_PRICE_BOOK = "standard"
USER = "User"
_MEANINGS = "meanings"


def read_meanings(line: OrgLine, bench: Bench) -> None:
    """
    Read, as one table, what each symbol means: (match, object, symbol, id).

    An e-mail means the one active standard user who has it; where several have it, nobody. A
    sandbox appends `.invalid` to the e-mails of its users (contract 11).
    """
    queries = {
        "users": "SELECT Id, Email FROM User WHERE IsActive = true AND UserType = 'Standard'",
        "profiles": "SELECT Id, Name FROM Profile",
        "record_types": "SELECT Id, DeveloperName, SobjectType FROM RecordType"
        " WHERE IsActive = true",
        "price_books": "SELECT Id, IsActive FROM Pricebook2 WHERE IsStandard = true",
    }
    for table, soql in queries.items():
        query_into(line, bench, soql, table=table)
    bench.db.execute(
        f"""
        create or replace temp table {_MEANINGS} as
        select
            'email' as match, 'User' as object, {email_symbol("Email")} as symbol, min(Id) as id
        from users where Email is not null group by 3 having count(*) = 1
        union all
        select 'name', 'Profile', Name, min(Id) from profiles group by Name
        union all
        select 'developer_name', SobjectType, DeveloperName, Id from record_types
        union all
        select 'standard', 'Pricebook2', '{STANDARD_PRICE_BOOK}', Id from price_books
        where IsActive = 'true'
        """  # noqa: S608 - constants
    )


def email_symbol(value: str) -> str:
    """Give the SQL by which e-mails are compared."""
    return f"regexp_replace(lower(trim({value})), '[.]invalid$', '')"


def references_table(sobject: str) -> str:
    """Name the table of an object's resolved references: field, symbol, id."""
    return f"references_{sobject}"


def resolve(bench: Bench, sobject: str, columns: tuple[PlanColumn, ...], *, rows: str) -> None:
    """Resolve every symbol that the rows hold, as far as the org knows it: field, symbol, id."""
    selects = [
        f"""
        select distinct '{column.name}' as field, cells.cell as symbol, {_MEANINGS}.id
        from (select distinct {quoted(column.name)} as cell from {quoted(rows)}) as cells
        inner join {_MEANINGS}
            on {_MEANINGS}.match = '{column.match}'
            and {_MEANINGS}.object = '{_object(sobject, column)}'
            and {_MEANINGS}.symbol = {_symbol(column)}
        """  # noqa: S608 - names of the mapping
        for column in columns
        if column.match in MATCHES
    ]
    empty = "select null::varchar as field, null::varchar as symbol, null::varchar as id limit 0"
    bench.db.execute(
        f"create or replace temp table {quoted(references_table(sobject))} as "
        + (" union all ".join(selects) or empty)
        + (" order by field, symbol" if selects else "")
    )


def _symbol(column: PlanColumn) -> str:
    return email_symbol("cells.cell") if column.match == "email" else "cells.cell"


def _object(sobject: str, column: PlanColumn) -> str:
    """A record type belongs to the object of its row, everything else to the one it points to."""
    return sobject if column.match == "developer_name" else column.objects[0]
