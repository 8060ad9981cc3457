"""Cliniko, as it answers on loopback, and what is landed of it."""
