"""Metadata packages: a zip of components becomes objects, fields, permissions and settings."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from loaders.stand_in_org.change import World
from loaders.stand_in_org.model import DeployResult, SObject


def write_definitions(
    connection: duckdb.DuckDBPyConnection, catalogue: Mapping[str, SObject]
) -> None:
    pass


def apply(world: World, package: bytes, *, options: Mapping[str, object]) -> DeployResult:
    raise RuntimeError("in the making")
