"""Errors, identifiers, clock and log: what every room may use."""
