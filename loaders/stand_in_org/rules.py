"""Which rules of its own each object adds to the general ones, in the order they are applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loaders.stand_in_org import (
    rules_activities,
    rules_duplicates,
    rules_files,
    rules_locks,
    rules_opportunities,
    rules_owners,
    rules_people,
    rules_permissions,
    rules_places,
    rules_prices,
    rules_record_types,
    rules_relations,
    rules_setup,
    rules_storage,
    rules_territories,
    rules_validation,
)
from loaders.stand_in_org.change import Change

Step = Callable[[Change], None]

# What the org derives before it looks whether a record is complete.
_FILLS: Mapping[str, Step] = {
    "Asset": rules_prices.fill_asset,
    "Contact": rules_people.fill_name,
    "ContentVersion": rules_files.fill_version,
    "Event": rules_activities.fill_event,
    "Lead": rules_people.fill_name,
    "Opportunity": rules_opportunities.fill,
    "OpportunityLineItem": rules_opportunities.fill_line,
    "PermissionSet": rules_permissions.fill_set,
    "PermissionSetAssignment": rules_setup.fill_assignment,
    "PricebookEntry": rules_prices.fill,
    "ObjectTerritory2Association": rules_territories.fill_object,
    "Task": rules_activities.fill_task,
    "Territory2": rules_territories.fill_territory,
    "User": rules_people.fill_user,
}
# What the org refuses beyond the general rules.
_CHECKS: Mapping[str, tuple[Step, ...]] = {
    "Account": (rules_places.check, rules_duplicates.check),
    "AccountContactRelation": (rules_relations.check,),
    "AccountTeamMember": (rules_relations.check_member,),
    "Asset": (rules_prices.check_asset,),
    "Contact": (rules_places.check, rules_duplicates.check),
    "ContentDocumentLink": (rules_files.check_link,),
    "ContentVersion": (rules_files.check_version, rules_files.number_versions),
    "Event": (rules_activities.check_event,),
    "FieldPermissions": (rules_permissions.check_field,),
    "ObjectTerritory2Association": (rules_territories.check_object,),
    "Territory2": (rules_territories.check_territory,),
    "UserTerritory2Association": (rules_territories.check_user,),
    "Lead": (rules_duplicates.check,),
    "ObjectPermissions": (rules_permissions.check_object,),
    "Opportunity": (rules_opportunities.check,),
    "OpportunityLineItem": (rules_opportunities.check_line,),
    "PermissionSet": (rules_permissions.check_set,),
    "PermissionSetAssignment": (rules_setup.check_assignment,),
    "PricebookEntry": (rules_prices.check,),
    "Task": (rules_activities.check_task,),
    "User": (rules_people.check_user,),
}
# What a written record sets in motion on others.
_AFTER: Mapping[str, tuple[Step, ...]] = {
    "Account": (rules_duplicates.remember,),
    "Contact": (rules_relations.after_contact, rules_duplicates.remember),
    "ContentVersion": (rules_files.after_version,),
    "FieldPermissions": (rules_permissions.drop_empty,),
    "Lead": (rules_duplicates.remember,),
    "ObjectPermissions": (rules_permissions.drop_empty,),
    "OpportunityLineItem": (rules_opportunities.after_line,),
    "PermissionSet": (rules_permissions.after_set,),
    "Product2": (rules_prices.after_product,),
    "User": (rules_people.after_user,),
}


def fill(change: Change) -> None:
    """Derive what the org derives before it looks whether a record is complete."""
    rules_record_types.fill(change)
    step = _FILLS.get(change.sobject.name)
    if step is not None:
        step(change)


def check(change: Change) -> None:
    """Apply the refusals that are no field's own."""
    rules_owners.check(change)
    rules_record_types.check(change)
    rules_validation.check(change)
    for step in _CHECKS.get(change.sobject.name, ()):
        step(change)
    rules_storage.check(change)
    rules_locks.check(change)


def after(change: Change) -> None:
    """Do what a written record sets in motion on other records."""
    for step in _AFTER.get(change.sobject.name, ()):
        step(change)
