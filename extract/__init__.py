"""Clinic systems, and how their records land in raw.duckdb as they came."""
