"""The legacy archive: every original, by patient, sealed, for the years after the old system."""
