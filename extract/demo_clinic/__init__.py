"""An invented, messy practice behind a FHIR R4 server on loopback."""
