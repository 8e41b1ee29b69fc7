"""Settings of storage."""

import pytest
from pydantic import ValidationError

from sonarium.storage.settings import LocalStorageSettings, S3StorageSettings


def test_the_defaults_are_usable() -> None:
    settings = LocalStorageSettings()
    assert settings.large_blob_bytes < settings.segment_bytes


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        LocalStorageSettings.model_validate({"segment_size": 1})


def test_a_secret_is_not_printed() -> None:
    settings = S3StorageSettings(bucket="archive", secret_access_key="hush")  # type: ignore[arg-type]
    assert "hush" not in repr(settings)
