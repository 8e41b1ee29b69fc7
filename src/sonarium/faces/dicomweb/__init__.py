"""DICOMweb (PS3.18): QIDO-RS, WADO-RS, WADO-URI, STOW-RS and capabilities over HTTP."""
