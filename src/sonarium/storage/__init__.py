"""Bytes: write-once blobs on local disk, in S3 or in memory, behind one small interface.

`blob_store` is that interface. On local disk, small blobs are appended to segments and
large ones get a file of their own (`local` joins the two). Nothing here knows what DICOM
is: keys are ours, a blob is a short head and a body, and the body has a SHA-256.
"""
