"""The typed JSON API that the browser application speaks beside DICOMweb."""
