"""What an e-mail, a profile name, a record type or `standard` means in this org."""

from __future__ import annotations

from collections.abc import Collection

from loaders.bench import Bench
from loaders.bulk_query import query_into
from loaders.canonical import literal, quoted
from loaders.org_line import OrgLine
from loaders.plan_store import PlanColumn

MATCHES = frozenset({"email", "name", "developer_name", "standard"})
STANDARD_PRICE_BOOK = "standard"
USER, TERRITORY = "User", "Territory2"
# The table of the bench: match, object, symbol, id.
MEANINGS = "meanings"
_RECORD_TYPE = "RecordType"
# Only an org with sales territories has these. A model that is out of use takes no territory.
_TERRITORY_QUERIES = {
    "Territory2Model": "SELECT Id, DeveloperName FROM Territory2Model"
    " WHERE State IN ('Active', 'Planning')",
    "Territory2Type": "SELECT Id, DeveloperName FROM Territory2Type",
}


def read_meanings(line: OrgLine, bench: Bench, *, objects: Collection[str]) -> None:
    """
    Read, as one table, what each symbol means that these objects may use.

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
        create or replace temp table {MEANINGS} as
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
    for sobject, soql in _TERRITORY_QUERIES.items() if TERRITORY in objects else ():
        query_into(line, bench, soql, table="named")
        bench.db.execute(
            f"insert into {MEANINGS} "  # noqa: S608 - constants
            f"select 'developer_name', '{sobject}', DeveloperName, Id from named"
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
        select distinct '{column.name}' as field, cells.cell as symbol, {MEANINGS}.id
        from (select distinct {quoted(column.name)} as cell from {quoted(rows)}) as cells
        inner join {MEANINGS}
            on {meaning_of(sobject, column.match, column.objects, alias=MEANINGS)}
            and {MEANINGS}.symbol = {_symbol(column)}
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


def meaning_of(sobject: str, match: str, objects: tuple[str, ...], *, alias: str) -> str:
    """
    Give the condition under which a meaning is one of a lookup's on an object.

    A record type belongs to the object of its row, everything else to the one it points to.
    """
    scope = sobject if objects == (_RECORD_TYPE,) else objects[0]
    return f"{alias}.match = {literal(match)} and {alias}.object = {literal(scope)}"
