"""DICOM Message Exchange (PS3.7): command sets, messages cut into and joined from PDVs, statuses.

Services and their rules belong in `faces.dimse` and `services`.
"""
