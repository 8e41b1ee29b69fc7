"""Ways in.

A face translates a protocol into calls of services and their answers back; it never
decides.
"""
