"""Structured reports: the content tree as plain values, read from and written to attributes.

Templates that say what a tree means belong to the room that knows the subject; nothing here
knows what is measured.
"""
