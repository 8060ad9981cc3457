"""Why an e-mail in the marts stands for no owner: nobody, inactive, without a licence, several."""

from __future__ import annotations

from collections.abc import Iterable

from loaders.bulk_query import query_into
from loaders.canonical import literal, quoted
from loaders.existing import Reader
from loaders.plan_rows import rows_table
from loaders.plan_store import Finding, PlanObject
from loaders.references import USER, email_symbol

_EMAIL = "email"
# By code, from the strongest reason on: what is said, and what to do.
REASONS = {
    "user_ambiguous": (
        "name an e-mail that several active users have",
        "give these users e-mails of their own in Setup > Users",
    ),
    "user_unlicensed": (
        "name a user whose licence lets nobody own records",
        "give the user a Salesforce licence in Setup > Users, or map another owner",
    ),
    "user_inactive": (
        "name a user who is not active",
        "activate the user in Setup > Users while loading, or map another owner",
    ),
    "user_unknown": (
        "name an e-mail that no user has",
        "make the user in Setup > Users, or correct the e-mail in the clinic's software",
    ),
}


def owner_findings(reader: Reader, planned: Iterable[PlanObject]) -> list[Finding]:
    """Count, by object, field and reason, the rows whose e-mail stands for no active user."""
    columns = [
        (each.sobject, column.name)
        for each in planned
        for column in each.columns
        if column.match == _EMAIL
    ]
    if not columns:
        return []
    _read_users(reader, coming=any(each.sobject == USER for each in planned))
    cells = " union all ".join(
        f"select {literal(sobject)} as sobject, {literal(name)} as field,"  # noqa: S608 - plan
        f" {email_symbol(quoted(name))} as symbol from {quoted(rows_table(sobject))}"
        f" where {quoted(name)} is not null"
        for sobject, name in columns
    )
    found = reader.bench.db.execute(
        f"""
        select cells.sobject, cells.field, coalesce(people.reason, 'user_unknown') as reason,
            count(*)
        from ({cells}) as cells left join people on people.symbol = cells.symbol
        where coalesce(people.reason, 'user_unknown') != ''
        group by all order by all
        """  # noqa: S608 - names of the plan
    ).fetchall()
    return [_finding(*row) for row in found]


def _read_users(reader: Reader, *, coming: bool) -> None:
    """Put on the bench why each e-mail stands for no owner; empty: it does, or will."""
    query_into(
        reader.line,
        reader.bench,
        "SELECT Email, IsActive, UserType FROM User WHERE Email != null",
        table="everybody",
    )
    ours = (
        f"union all select {email_symbol('Email')}, '' from {quoted(rows_table(USER))}"  # noqa: S608
        if coming
        else ""
    )
    reader.bench.db.execute(
        f"""
        create or replace temp table people as
        select symbol, min(reason) as reason from (
            select {email_symbol("Email")} as symbol, case
                when count(*) filter (IsActive = 'true' and UserType = 'Standard') = 1 then ''
                when count(*) filter (IsActive = 'true' and UserType = 'Standard') > 1
                    then 'user_ambiguous'
                when bool_or(IsActive = 'true') then 'user_unlicensed'
                else 'user_inactive'
            end as reason
            from everybody group by 1 {ours}
        ) group by symbol
        """  # noqa: S608 - constants
    )


def _finding(sobject: str, field: str, reason: str, rows: int) -> Finding:
    what, hint = REASONS[reason]
    return Finding(
        code=reason,
        severity="warn",
        sobject=sobject,
        field=field,
        count=rows,
        message=f"{sobject}.{field}: {rows:,} rows {what}",
        hint=hint,
    )
