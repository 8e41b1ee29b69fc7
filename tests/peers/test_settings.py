import pytest
from pydantic import ValidationError

from sonarium.peers.settings import StorageSCUSettings


def test_an_association_has_at_most_128_contexts() -> None:
    assert StorageSCUSettings().maximum_contexts == 128
    with pytest.raises(ValidationError):
        StorageSCUSettings(maximum_contexts=129)
