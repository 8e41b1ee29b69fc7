"""One module for each DICOM service or IHE transaction.

Permission, audit and transaction live here.
"""
