"""Bytes: write-once blobs on local disk, in S3 or in memory, behind one small interface."""
