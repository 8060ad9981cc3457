"""The scan for patients' identifiers: what is looked for, in which forms, and inside of what."""
