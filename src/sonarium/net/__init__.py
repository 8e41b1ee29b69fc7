"""Asyncio drivers that run the wire cores over sockets and TLS, with deadlines and bounds."""
