"""Lands what clinic systems hold in raw.duckdb, each payload unchanged."""
