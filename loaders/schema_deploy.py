"""Deploy the package by REST, assign its permission set, and prove that every field is visible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from loaders.approve import is_approved
from loaders.contract import Mapping
from loaders.deploys import Deployed, deploy_package
from loaders.describe import ObjectDescribe, describe_all
from loaders.errors import DeployRefused, SchemaDiffers
from loaders.ledger import Ledger
from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.preflight_schema import differences, require_features
from loaders.schema_acts import DEPLOYED, DEPLOYING, REFUSED, record_components
from loaders.schema_grants import assign_permission_set
from loaders.schema_package import Package, build_package, build_settings
from loaders.schema_settings import (
    AUDIT_FIELDS,
    OrgSetting,
    needed_settings,
    require_settings,
    settings_off,
    switch_on,
)
from loaders.schema_shield import refused_schemes, without_schemes
from loaders.schema_values import ValueSet, lacking_value_sets


@dataclass(frozen=True, slots=True)
class SchemaDeploy:
    """What a deploy is made of, and whether it is only a rehearsal."""

    mapping: Mapping
    value_sets: dict[str, ValueSet]
    check_only: bool
    # Only a run that makes users needs the permission for it.
    provisions_users: bool = False


@dataclass(frozen=True, slots=True)
class SchemaDeployed:
    """What became of the packages, what the org does not take, and what it does not have on."""

    packages: tuple[Deployed, ...]
    # Encryption scheme -> why the org refuses it, in its words.
    refused_schemes: dict[str, str]
    settings_off: tuple[OrgSetting, ...]


def deploy_schema(org: Org, line: OrgLine, ledger: Ledger, wanted: SchemaDeploy) -> SchemaDeployed:
    """
    Deploy settings, then everything else; grant it to the load user; look whether it is there.

    Settings are switched on where they are off and somebody approved that; where the run can do
    without one, it does.

    What each deploy creates stands on the ledger: it is what a removal may take back.

    A second deploy of the same map finds everything unchanged. A check cannot turn settings on: it
    leaves out what only exists once they are.

    Raises:
        SchemaUnbuildable: Salesforce would not take the mapping.
        SettingsOff: a setting is off, and not approved or without effect.
        DeployRefused: the org refused components; each is listed.
        SchemaDiffers: the deploy went through, and something is still not visible.

    """
    check = wanted.check_only
    done, off = _ready_settings(org, line, ledger, wanted)
    described = describe_all(org, sorted(wanted.mapping.objects()))
    require_features(wanted.mapping, described, org=org.alias)
    refused = refused_schemes(line, wanted.mapping)
    mapping = without_schemes(wanted.mapping, refused, described)
    package = build_package(
        _deployable(mapping, described) if check else mapping,
        wanted.value_sets,
        standard_value_sets=lacking_value_sets(wanted.mapping, wanted.value_sets, described),
        with_audit=AUDIT_FIELDS not in {each.name for each in off},
        provisions_users=wanted.provisions_users,
    )
    schema = _deploy(org, line, ledger, _Part("schema", package, check))
    if not check:
        assign_permission_set(org)
        prove_visible(org, wanted)
    return SchemaDeployed((*done, schema), refused, off)


def _ready_settings(
    org: Org, line: OrgLine, ledger: Ledger, wanted: SchemaDeploy
) -> tuple[tuple[Deployed, ...], tuple[OrgSetting, ...]]:
    """Switch on what is off and approved; give the deploys, and what is off after that."""
    check = wanted.check_only
    off = settings_off(org, needed_settings(wanted.mapping.objects()))
    approved = bool(off) and is_approved(ledger, wanted.mapping, "settings")

    def deploy(package: Package) -> Deployed:
        return _deploy(org, line, ledger, _Part("settings", package, check))

    done: tuple[Deployed, ...] = ()
    if approved and check:
        # What a deploy would switch on is still off: there is nothing to require yet.
        return (deploy(build_settings()),), off
    if approved:
        done, off = switch_on(org, ledger, off, deploy=deploy)
    require_settings(off, org=org.alias, approved=approved)
    return done, off


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the packages that a deploy is made of."""

    name: str
    package: Package
    check_only: bool


def _deploy(org: Org, line: OrgLine, ledger: Ledger, part: _Part) -> Deployed:
    """
    Deploy a part once a validation of it has said what it will create.

    That stands on the ledger before the deploy is sent: its answer may never arrive.
    """
    checked = deploy_package(line, part.package, name=part.name, check_only=True)
    if part.check_only:
        return checked
    record = partial(record_components, ledger, org_id=org.org_id, package=part.name)
    record(DEPLOYING, components=checked.new)
    try:
        done = deploy_package(line, part.package, name=part.name, check_only=False)
    except DeployRefused:
        record(REFUSED)
        raise
    record(DEPLOYED)
    return done


def _deployable(mapping: Mapping, described: dict[str, ObjectDescribe]) -> Mapping:
    """Leave out standard objects that this org does not have yet."""
    there = tuple(mart for mart in mapping.marts if mart.is_custom or mart.sobject in described)
    return replace(mapping, marts=there)


def prove_visible(org: Org, wanted: SchemaDeploy) -> None:
    """
    Describe everything anew: a deploy that succeeded may still leave fields invisible.

    Raises:
        SchemaDiffers: something is missing, different, or not visible to the load user.

    """
    described = describe_all(org, sorted(wanted.mapping.objects()))
    if found := differences(wanted.mapping, described, wanted.value_sets):
        raise SchemaDiffers(
            [each.text for each in found],
            hint="check these in Setup; the deploy itself went through",
        )
