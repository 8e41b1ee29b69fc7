"""Data sets, frames, transcoding and the DICOM JSON and XML models.

Computes and opens nothing.
"""
