-- The prepared metadata of a series, if it is of this version.
SELECT document FROM metadata_document WHERE series_ref = %(series)s AND version = %(version)s;
