"""Bytes to messages and back, with no socket, clock, thread or asyncio."""
