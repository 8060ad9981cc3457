"""What kind of org this is: sandbox or production, its limits and its switches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import available_timezones

import msgspec

from loaders.stand_in_org.set_up import Automation, RowLocks, ValidationRule, WorkflowRule

T = TypeVar("T")
# Where the changes made while the org ran are kept, beside its database.
_KEPT = "settings.json"


class SettingRefused(ValueError):
    """There is no such setting, or it cannot have this value."""


def switch(default: T, meaning: str, *, at_start: bool = False) -> T:
    """Declare a setting: its default, what it is, and whether only a fresh org reads it."""
    return field(default=default, metadata={"meaning": meaning, "at_start": at_start})


@dataclass(frozen=True, slots=True)
class Settings:
    """Switches of an org that no metadata deploy can reach; docs/stand-in.md lists them."""

    sandbox: bool = switch(False, "A sandbox, not production (start-up option)", at_start=True)
    organization_name: str = switch("Stand-in Clinic", "Organization.Name", at_start=True)
    organization_type: str = switch(
        "Enterprise Edition", "Organization.OrganizationType", at_start=True
    )
    instance_name: str = switch("STAND1", "Organization.InstanceName", at_start=True)
    time_zone: str = switch("America/New_York", "Organization.TimeZoneSidKey", at_start=True)
    admin_username: str = switch(
        "admin@stand-in.invalid", "User name of the administrator", at_start=True
    )
    user_licences: int = switch(50, "Active standard users that the org may have (4.11)")
    data_storage_mb: int = switch(100_000, "Data storage: 512 records a MB (6)")
    file_storage_mb: int = switch(100_000, "File storage (6)")
    storage_overdraft_percent: int = switch(
        0, "So much over its storage the org takes before it refuses (6, unsure)"
    )
    storage_lag_seconds: int = switch(
        0, "So old the storage figures of /limits may be; 0: worked out when asked for (6)"
    )
    daily_api_requests: int = switch(1_000_000, "Requests in 24 hours (1.4)")
    daily_bulk_batches: int = switch(15_000, "Batches of Bulk in 24 hours (2.5, T29)")
    daily_bulk_rows: int = switch(150_000_000, "Rows of Bulk in 24 hours (2.5)")
    daily_query_jobs: int = switch(10_000, "Query jobs in 24 hours (2.5)")
    daily_query_mb: int = switch(976_562, "Results of query jobs in 24 hours (4.8)")
    long_requests: int = switch(25, "Long requests that may run at the same time (1.4)")
    long_request_seconds: int = switch(20, "A request is long after so many seconds (1.4)")
    collection_files_mb: int = switch(500, "All files of one Collections request together (4.9)")
    largest_file_mb: int = switch(2_048, "The largest file (4.9)")
    blocked_extensions: tuple[str, ...] = switch(
        (), "Extensions of files that the org does not take (unsure)"
    )
    audit_fields: bool = switch(
        False, "Setup switch: Set Audit Fields upon Record Creation, Inactive Owners (4.10)"
    )
    person_accounts: bool = switch(
        False, "Person Accounts are on: Account has IsPersonAccount, and nothing else of them"
    )
    place_lists: bool = switch(
        False, "Lists of states and countries are on: Account.Billing, Contact.Mailing (unsure)"
    )
    multiple_currencies: bool = switch(
        False, "Multiple currencies are on: Opportunity has CurrencyIsoCode, and nothing else of it"
    )
    private_sharing: bool = switch(False, "Accounts, their contacts and leads are private")
    duplicate_rules: bool = switch(True, "The standard duplicate rules are active (11)")
    duplicate_rules_block: tuple[str, ...] = switch(
        (), "Objects whose duplicate rule blocks: no allowSave saves their duplicates (11)"
    )
    row_locks: tuple[RowLocks, ...] = switch(
        (), "Rows that fail with UNABLE_TO_LOCK_ROW so many times, then succeed (T12)"
    )
    locking_lookups: tuple[str, ...] = switch(
        (), "Lookups by which a job locks the parents of its rows while it is under way (2.4, T12)"
    )
    validation_rules: tuple[ValidationRule, ...] = switch(
        (), "Rules that refuse records; a rule sleeps until the fields of its formula exist (2.10)"
    )
    automations: tuple[Automation, ...] = switch(
        (), "Flows that set fields of saved records, or make a task for each (7, T24)"
    )
    workflow_rules: tuple[WorkflowRule, ...] = switch(
        (), "Workflow rules with the alerts and notices they send: listed, never run"
    )
    job_polls: int = switch(
        0, "A job or deploy is not finished until it was asked for so often; 0: at once (2.3)"
    )
    job_seconds: int = switch(
        0, "A job or deploy takes so many seconds from when it is handed in (2.3)"
    )
    result_seed: int = switch(0, "The order of the rows in result sets (T7)")
    sandbox_emails: bool = switch(
        True,
        "E-mails of the users that a sandbox was copied with end in .invalid (11)",
        at_start=True,
    )
    session_seconds: int = switch(0, "A session ends after so many seconds; 0: never (1.4)")
    session_requests: int = switch(0, "A session ends after so many requests; 0: never (1.4)")
    deprecated_before: int = switch(
        41, "Answers of earlier API versions carry a Warning header (1.3; the version is unsure)"
    )
    compress: bool = switch(True, "Answers are compressed when the client accepts gzip (2.9)")
    empty_files: bool = switch(False, "A file may have no bytes (unsure)")
    partial_is_success: bool = switch(
        False, "A deploy that kept only its good components says success true (5.2, unsure)"
    )
    warnings_fail: bool = switch(
        False, "A deploy's warnings are errors unless ignoreWarnings is sent (5.1, unsure)"
    )
    deleted_names_taken: bool = switch(
        True, "The name of a deleted field or object stays taken for 15 days (7.13, unsure)"
    )
    granted_fields_deletable: bool = switch(
        False, "A field with data is deleted although permission sets grant it (5.3, unsure)"
    )
    record_types_deletable: bool = switch(
        False, "Destructive changes can remove record types (unsure)"
    )
    shield: bool = switch(False, "Shield Platform Encryption is licensed (5.5)")
    tenant_secret: bool = switch(True, "A tenant secret is active, where there is Shield (5.5)")
    deterministic_secret: bool = switch(
        True, "A deterministic tenant secret is active, where there is Shield (5.5)"
    )
    deterministic_sortable: bool = switch(
        False, "Deterministically encrypted fields can be sorted and grouped (5.5, unsure)"
    )
    insensitive_keys: bool = switch(
        False, "A case-insensitively encrypted field can be unique or an external id (5.5, unsure)"
    )
    account_contact_relation_appears: bool = switch(
        True, "AccountContactRelation appears once its setting is deployed (11)"
    )
    audit_permissions_appear: bool = switch(
        True, "The permissions for audit fields appear once their setting is deployed (4.10)"
    )
    # Bulk API 2.0: first what its contract calls unsure, then its limits.
    likely_texts: bool = switch(
        True, "Texts and codes that no source confirms are the likely ones, else others (2, unsure)"
    )
    numeric_booleans: bool = switch(True, "1 and 0 are booleans too (2.6, unsure)")
    early_results: Literal["refused", "no_content", "empty"] = switch(
        "refused", "What the results of a job answer before its end (2.9, unsure)"
    )
    echo: Literal["converted", "verbatim"] = switch(
        "converted", "Results show values after type conversion, or as sent (2.9, 9)"
    )
    results_line_ending: Literal["job", "LF"] = switch(
        "job", "Results end their lines as the job's file does, or by LF (2.9, unsure)"
    )
    miscased_columns: Literal["kept", "dropped"] = switch(
        "kept", "What becomes in results of columns whose letter case is wrong (2.9, T14)"
    )
    error_field_separator: str = switch(
        " ", "What stands between several fields of an sf__Error (2.10, unsure)"
    )
    id_beside_key: Literal["refused", "ignored"] = switch(
        "refused", "What an upsert by another key does with a filled Id (2.8, unsure)"
    )
    deleted_hold_unique: bool = switch(
        False, "Records in the recycle bin still hold their unique values (2.8, unsure)"
    )
    bulk_content_versions: bool = switch(
        True, "Bulk takes rows of ContentVersion, without their bytes (2.12, unsure)"
    )
    open_jobs: int = switch(0, "Jobs that may be open at once; 0: any number (2.5, unsure)")
    wrapped_job_errors: bool = switch(False, "A job's errorMessage is wrapped, as of old (2.11)")
    batch_retries: int = switch(20, "How often a batch over five minutes is tried again (2.4)")
    bulk_upload_mb: int = switch(100, "The largest upload of a job (2.5)")
    job_list_rows: int = switch(1_000, "Jobs on a page of their list (2.1)")
    query_page_rows: int = switch(250_000, "Rows on a page of a query job's results (3)")
    apex_triggers: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "meaning": "Active Apex triggers by name, each with its object: listed, never run",
            "at_start": False,
        },
    )
    email_alerts: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "meaning": "Workflow e-mail alerts by name, each with its object: listed, never sent",
            "at_start": False,
        },
    )
    active_assignment_rules: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "meaning": "Active assignment rules by name, each with its object: listed, never run",
            "at_start": False,
        },
    )
    assignment_rules: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "meaning": "The owner that each assignment rule, by its id, gives (2.2)",
            "at_start": False,
        },
    )

    def worded(self, likely: str, other: str) -> str:
        """Choose between the likely wording and another one (see `likely_texts`)."""
        return likely if self.likely_texts else other


def meaning(name: str) -> str:
    """Say what a setting is."""
    return str(_declared(name).metadata["meaning"])


def only_at_start(name: str) -> bool:
    """Tell whether only a fresh org reads the setting."""
    return bool(_declared(name).metadata["at_start"])


def _declared(name: str) -> Field[object]:
    return next(one for one in fields(Settings) if one.name == name)


def changed(settings: Settings, wanted: Mapping[str, object]) -> Settings:
    """
    Give the settings with some of them changed.

    Raises:
        SettingRefused: a setting does not exist, or its value is not of its type.

    """
    known = {one.name for one in fields(Settings)}
    unknown = sorted(set(wanted) - known)
    if unknown:
        raise SettingRefused(f"unknown settings: {', '.join(unknown)}")
    try:
        made = msgspec.convert({**msgspec.to_builtins(settings), **wanted}, Settings)
    except msgspec.ValidationError as problem:
        raise SettingRefused(f"wrong value of a setting: {problem}") from problem
    for name in wanted:
        value = getattr(made, name)
        if isinstance(value, int) and value < 0:
            raise SettingRefused(f"wrong value of a setting: {name} is below zero")
    if "time_zone" in wanted and made.time_zone not in available_timezones():
        raise SettingRefused("wrong value of a setting: time_zone is no IANA time zone")
    return made


def read_settings(path: Path | None, *, sandbox: bool) -> Settings:
    """
    Read the settings from a JSON file of `Settings` fields.

    Raises:
        SettingRefused: the file names a setting that does not exist, or gives a wrong value.

    """
    given: dict[str, object] = {} if path is None else json.loads(path.read_text(encoding="utf-8"))
    return changed(Settings(), {**given, "sandbox": sandbox})


def kept_changes(data: Path) -> dict[str, object]:
    """Read what was changed while the org of this folder ran."""
    kept = data / _KEPT
    if not kept.exists():
        return {}
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def keep_changes(data: Path, changes: Mapping[str, object]) -> None:
    """Keep what was changed, for the next start."""
    draft = data / f"{_KEPT}.new"
    draft.write_text(json.dumps(changes, indent=2), encoding="utf-8")
    draft.replace(data / _KEPT)


def with_changes(changes: Mapping[str, object], wanted: Mapping[str, object]) -> dict[str, object]:
    """
    Lay new changes over the earlier ones; null takes one back.

    Raises:
        SettingRefused: a setting can only be given at the start.

    """
    late = sorted(name for name in wanted if _known(name) and only_at_start(name))
    if late:
        raise SettingRefused(f"only a fresh org reads these settings: {', '.join(late)}")
    laid = {**changes, **wanted}
    return {name: value for name, value in laid.items() if value is not None or not _known(name)}


def _known(name: str) -> bool:
    return any(one.name == name for one in fields(Settings))
