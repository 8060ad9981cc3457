"""The nouns of the mapping: marts, their columns, and what each says about Salesforce."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Lookup:
    """Which record a column points to, and how its cell is turned into a reference."""

    objects: tuple[str, ...]
    relationship: str | None
    on_delete: str | None
    # external_id | developer_name | email | name | standard | record
    match: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a mart: one field of the object."""

    name: str
    data_type: str
    # The type of a CustomField in metadata, for standard fields what the data type suggests.
    sf_type: str
    label: str
    length: int | None
    precision: int | None
    scale: int | None
    custom: bool
    unique: bool
    lookup: Lookup | None
    picklist: str | None
    standard_value_set: str | None
    phi: bool
    encryption: str | None
    create_only: bool
    required: bool
    source_custom_field: str | None
    description: str
    # What a person reads beside the field; without it, the description.
    help: str | None
    # Overrides of what the mart says.
    compliance: str | None
    readers: tuple[str, ...] | None
    track_history: bool


@dataclass(frozen=True, slots=True)
class Mart:
    """One model, which is one sObject."""

    model: str
    name: str
    sobject: str
    # Fully qualified and quoted, as dbt wrote it: "warehouse"."main_salesforce"."sf_account".
    relation: str
    external_id: str | None
    natural_key: tuple[str, ...]
    lock_parent: str | None
    columns: tuple[Column, ...]
    label: str
    plural_label: str
    name_format: str | None
    record_types: tuple[str, ...]
    # Columns that together name the same record in an org in use, for certain or by likelihood.
    match_strong: tuple[tuple[str, ...], ...]
    match_weak: tuple[tuple[str, ...], ...]
    enable_activities: bool
    compliance: str | None
    # The clinic's entities whose records become rows here, wholly or in part.
    entities: tuple[str, ...]
    # Which groups see the object and its fields, and which of them its PHI columns.
    readers: tuple[str, ...]
    phi_readers: tuple[str, ...]
    # The fields that a person sees first, in their order.
    summary: tuple[str, ...]
    # The scheme of its PHI fields, where their type allows one.
    encryption: str | None
    checksum: str
    # The YAML file, relative to the project; empty where dbt names none.
    described_in: str

    @property
    def key(self) -> tuple[str, ...]:
        """Name the columns whose cells, joined by `|`, are a row's key."""
        return (self.external_id,) if self.external_id else self.natural_key

    @property
    def matched_by(self) -> tuple[str, ...]:
        """Name the columns by which records that the org already has are recognised."""
        return tuple(name for rule in (*self.match_strong, *self.match_weak) for name in rule)

    @property
    def is_custom(self) -> bool:
        """Tell whether the object is ours to create."""
        return self.sobject.endswith("__c")

    def column(self, name: str) -> Column:
        """Find a column by its name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class AuditRelations:
    """The audit tables, by their qualified names."""

    row_counts: str
    record_targets: str
    excluded_records: str
    merged_records: str
    quality_flags: str
    duplicate_candidates: str
    patient_records: str

    def named(self) -> tuple[tuple[str, str], ...]:
        """Pair the file name of each table that a plan keeps with its relation, in order."""
        return (
            ("row_counts", self.row_counts),
            ("record_targets", self.record_targets),
            ("excluded_records", self.excluded_records),
            ("merged_records", self.merged_records),
            ("patient_records", self.patient_records),
        )


@dataclass(frozen=True, slots=True)
class Mapping:
    """Everything that the manifest says to the loader."""

    # Sorted by sObject.
    marts: tuple[Mart, ...]
    # The catalog name that the relations carry; the warehouse is attached under it.
    database: str
    picklists_relation: str
    fields_relation: str
    audit: AuditRelations
    # Which raw record each record of the clinic stands for, where the project says so.
    source_records: str | None
    manifest_path: Path
    manifest_sha256: str
    # (unique id, checksum) of every model, seed and macro of the project, sorted.
    checksums: tuple[tuple[str, str], ...]

    def mart(self, sobject: str) -> Mart:
        """Find the mart of an sObject."""
        return next(mart for mart in self.marts if mart.sobject == sobject)

    def objects(self) -> frozenset[str]:
        """Name every sObject that has a mart."""
        return frozenset(mart.sobject for mart in self.marts)
