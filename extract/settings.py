"""Looks settings up by dlt's convention."""

from __future__ import annotations

import dlt
from dlt.common.configuration.exceptions import ConfigFieldMissingException


def configured(key: str) -> str | None:
    """Look a setting up: environment, secrets.toml, config.toml."""
    for place in (dlt.secrets, dlt.config):
        try:
            value = str(place[key])
        except (KeyError, ConfigFieldMissingException):
            continue
        if value:
            return value
    return None
