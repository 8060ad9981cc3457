"""Shield Platform Encryption of fields: who may have it, and what it costs (contract 5.5)."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_elements import text
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import Deployment
from loaders.stand_in_org.model import CASE_SENSITIVE_SCHEME, Field
from loaders.stand_in_org.store import settings_of

_PROBABILISTIC = "ProbabilisticEncryption"
_INSENSITIVE = "CaseInsensitiveDeterministicEncryption"
_DETERMINISTIC = frozenset({CASE_SENSITIVE_SCHEME, _INSENSITIVE})
_TYPES = frozenset({
    "Email", "Phone", "Text", "TextArea", "LongTextArea", "Html", "Url", "Date", "DateTime",
})  # fmt: skip
# Describe's types of the standard fields that can be encrypted.
_STANDARD_TYPES = frozenset({"string", "email", "phone", "textarea", "url"})
_NEVER_ON = frozenset({"AccountContactRelation"})


def encrypted(
    deployment: Deployment, owner: str, field: Field, element: ElementTree.Element
) -> Field:
    """
    Give the field as its `encryptionScheme` leaves it.

    Raises:
        Problem: the org, the type or the field's uniqueness forbids it.

    """
    scheme = text(element, "encryptionScheme")
    if scheme is None or scheme == "None":
        return field
    _check_org(deployment, scheme)
    _check_field(deployment, owner, field, element)
    deterministic = scheme in _DETERMINISTIC
    ordered = deterministic and deployment.world.settings.deterministic_sortable
    return replace(
        field,
        encryption=scheme,
        filterable=field.filterable and deterministic,
        sortable=None if ordered else False,
        groupable=None if ordered else False,
    )


def _check_org(deployment: Deployment, scheme: str) -> None:
    settings, off = deployment.world.settings, f"Encryption scheme {scheme}: "
    if not settings.shield:
        raise Problem(off + "Platform Encryption is not enabled")
    if not settings.tenant_secret:
        raise Problem(off + "there is no active tenant secret")
    if scheme not in _DETERMINISTIC:
        return
    deployed = settings_of(deployment.world.connection)
    if deployed.get("PlatformEncryptionSettings.enableDeterministicEncryption") != "true":
        raise Problem(off + "deterministic encryption is not enabled")
    if not settings.deterministic_secret:
        raise Problem(off + "there is no active deterministic tenant secret")


def _check_field(
    deployment: Deployment, owner: str, field: Field, element: ElementTree.Element
) -> None:
    kind, scheme = text(element, "type"), text(element, "encryptionScheme")
    fits = kind in _TYPES if field.custom else field.type in _STANDARD_TYPES
    if not fits or owner in _NEVER_ON:
        shown = kind if field.custom else field.type
        raise Problem(f"Can not specify 'encryptionScheme' for a CustomField of type {shown}")
    if not (field.unique or field.external_id):
        return
    insensitive = scheme == _INSENSITIVE and not deployment.world.settings.insensitive_keys
    if scheme == _PROBABILISTIC or insensitive:
        raise Problem(f"{field.name} is unique or an external ID: it cannot have {scheme}")
