"""What kind of org this is: sandbox or production, its limits and its switches."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Switches of an org that no metadata deploy can reach."""

    sandbox: bool = False
    organization_name: str = "Stand-in Clinic"
    organization_type: str = "Enterprise Edition"
    instance_name: str = "STAND1"
    time_zone: str = "America/New_York"
    admin_username: str = "admin@stand-in.invalid"
    user_licences: int = 50
    data_storage_mb: int = 100_000
    file_storage_mb: int = 100_000
    # All files of one Collections request together (contract 4.9).
    collection_files_mb: int = 500
    # Setup > User Interface > "Set Audit Fields upon Record Creation" (contract 4.10).
    audit_fields: bool = False
    # Standard duplicate rules are active in a fresh org (contract 11).
    duplicate_rules: bool = True
    # Whether a file may have no bytes (no source read says; both ways are tested).
    empty_files: bool = False
    # Whether the `success` of a deploy that kept only its good components is true (contract 5.2).
    partial_is_success: bool = False
    # Whether AccountContactRelation appears although its setting was deployed (contract 11).
    account_contact_relation_appears: bool = True


def read_settings(path: Path | None, *, sandbox: bool) -> Settings:
    """
    Read the settings from a JSON file of `Settings` fields.

    Raises:
        ValueError: the file names a setting that does not exist.

    """
    given: dict[str, object] = {} if path is None else json.loads(path.read_text(encoding="utf-8"))
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(unknown)}")
    return Settings(**{**given, "sandbox": sandbox})  # type: ignore[arg-type]
