"""A loopback Salesforce org: real HTTP in front, a DuckDB database behind, strict in between."""
