"""Rows: the index over everything stored, its search, its quarantine and its change feed.

Functions receive a transaction and return plain rows; services open transactions.
"""
