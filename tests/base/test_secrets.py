import re

from sonarium.base.secrets import digest_of, new_secret


def test_a_secret_has_256_bits_may_stand_in_an_address_and_comes_once() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)


def test_what_is_kept_is_another_for_each_secret() -> None:
    assert digest_of("a") != digest_of("b")
    assert len(digest_of("a")) == 32
