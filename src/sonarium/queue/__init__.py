"""Waiting work: job payloads and how they are enqueued inside a transaction."""
