"""Validation rules, triggers, flows and e-mail alerts as rows that the Tooling API reads."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from loaders.stand_in_org import ids
from loaders.stand_in_org.deploy_elements import flag, text
from loaders.stand_in_org.metadata_kept import every
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.store import insert_rows, quoted

# Objects that the data API does not know (general knowledge; Salesforce's Tooling API reference).
TOOLING_ONLY = frozenset({"ValidationRule", "WorkflowAlert"})
_PREFIXES = {
    "ApexTrigger": "01q", "FlowDefinitionView": "3dd", "ValidationRule": "03d",
    "WorkflowAlert": "01W",
}  # fmt: skip
Row = dict[str, object]


def write_set_up(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Rewrite what an administrator set up, from the settings and from what was deployed."""
    account, lead = ("None", "None") if settings.private_sharing else ("Edit", "ReadEditTransfer")
    connection.execute(
        'UPDATE "Organization" SET DefaultAccountAccess = $account, DefaultLeadAccess = $lead'
        " WHERE DefaultAccountAccess != $account",
        {"account": account, "lead": lead},
    )
    licences = settings.user_licences
    connection.execute('UPDATE "UserLicense" SET TotalLicenses = ?', [licences])
    written: dict[str, list[Row]] = {
        "ApexTrigger": [
            {"Name": name, "EntityDefinitionId": on, "TableEnumOrId": on, "Status": "Active"}
            for name, on in settings.apex_triggers.items()
        ],
        "FlowDefinitionView": list(_flows(settings)),
        "ValidationRule": list(_rules(connection, settings)),
        "WorkflowAlert": [
            {"DeveloperName": name, "EntityDefinitionId": on}
            for name, on in settings.email_alerts.items()
        ],
    }
    for table, rows in written.items():
        connection.execute(f"DELETE FROM {quoted(table)}")  # noqa: S608 - one of four names
        prefix = _PREFIXES[table]
        full: list[Row] = [
            {"Id": ids.counted_id(prefix, number), "IsDeleted": False, **row}
            for number, row in enumerate(rows)
        ]
        if full:
            insert_rows(connection, table, full)


def _flows(settings: Settings) -> Iterator[Row]:
    for number, each in enumerate(settings.automations, start=1):
        name = f"{each.object}_on_{each.on}_{number}"
        yield {
            "DurableId": name, "ApiName": name, "Label": name, "IsActive": True,
            "ProcessType": "AutoLaunchedFlow", "TriggerType": "RecordAfterSave",
            "TriggerObjectOrEventId": each.object,
        }  # fmt: skip


def _rules(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[Row]:
    for rule in settings.validation_rules:
        yield {
            "ValidationName": rule.name, "EntityDefinitionId": rule.object, "Active": True,
            "ErrorMessage": rule.message, "ErrorDisplayField": rule.field or None,
        }  # fmt: skip
    for kept in every(connection, "ValidationRule"):
        owner, _, name = kept.full_name.partition(".")
        yield {
            "ValidationName": name, "EntityDefinitionId": owner,
            "Active": flag(kept.element, "active"),
            "ErrorMessage": text(kept.element, "errorMessage"),
            "ErrorDisplayField": text(kept.element, "errorDisplayField"),
        }  # fmt: skip
