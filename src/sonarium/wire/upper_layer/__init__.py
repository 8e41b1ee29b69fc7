"""The DICOM Upper Layer Protocol (PS3.8) as an object fed bytes.

PDUs and their items, the state table as data, and the core that runs it. What a message
means belongs in `wire.dimse`; sockets, timers and TLS belong in `net`.
"""
