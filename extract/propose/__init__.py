"""Proposes what becomes of the clinic's own fields, as changes to the map's files."""
