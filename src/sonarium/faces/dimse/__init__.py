"""DICOM Message Exchange (PS3.7).

Verification, storage, query/retrieve and storage commitment over associations.
"""
