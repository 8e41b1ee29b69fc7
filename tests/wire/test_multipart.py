import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.wire.multipart import (
    MalformedMultipart,
    MultipartLimits,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
    closing,
    part_head,
)


def read(message: bytes, cut: int, boundary: str = "b") -> list[tuple[dict[str, str], bytes]]:
    reader = MultipartReader(boundary)
    parts: list[tuple[dict[str, str], bytes]] = []
    for at in range(0, len(message), cut):
        for event in reader.receive(message[at : at + cut]):
            match event:
                case PartBegins(headers):
                    parts.append((dict(headers), b""))
                case PartData(content):
                    parts[-1] = (parts[-1][0], parts[-1][1] + content)
                case PartEnds():
                    pass
    assert reader.is_complete
    return parts


@given(
    bodies=st.lists(st.binary(max_size=60).filter(lambda body: b"--b" not in body), max_size=5),
    cut=st.integers(1, 70),
)
def test_any_chunking_gives_the_same_parts(bodies: list[bytes], cut: int) -> None:
    message = b"".join(part_head("b", {"Content-Type": "x/y"}) + body for body in bodies)
    message += closing("b")
    assert read(message, cut) == [({"content-type": "x/y"}, body) for body in bodies]


def test_a_part_without_headers_is_a_part() -> None:
    assert read(b"--b\r\n\r\nbody\r\n--b--\r\n", 100) == [({}, b"body")]


def test_what_comes_after_the_end_is_passed_over() -> None:
    assert read(b"--b\r\n\r\nx\r\n--b--\r\nanything at all", 7) == [({}, b"x")]


def test_headers_without_end_are_refused() -> None:
    reader = MultipartReader("b", MultipartLimits(header_bytes=50))
    with pytest.raises(MalformedMultipart, match="too long"):
        list(reader.receive(b"--b\r\n" + b"a" * 100))


def test_too_many_parts_are_refused() -> None:
    reader = MultipartReader("b", MultipartLimits(parts=2))
    with pytest.raises(MalformedMultipart, match="more than 2 parts"):
        list(reader.receive(b"--b\r\n\r\n\r\n" * 3))


@given(st.binary(max_size=300))
def test_hostile_bytes_are_refused_or_wait_for_more(content: bytes) -> None:
    reader = MultipartReader("b")
    with contextlib.suppress(MalformedMultipart):
        list(reader.receive(content))
