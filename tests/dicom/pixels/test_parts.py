from sonarium.dicom.pixels.parts import StoredRange, iter_range, turn_words


def test_words_are_turned() -> None:
    assert turn_words(b"abcdefgh", 1) == b"abcdefgh"
    assert turn_words(b"abcdefgh", 2) == b"badcfehg"
    assert turn_words(b"abcdefgh", 8) == b"hgfedcba"


def test_long_ranges_are_read_in_pieces() -> None:
    stored = bytes(range(256)) * 10_000
    asked: list[int] = []

    def read(offset: int, length: int) -> bytes:
        asked.append(length)
        return stored[offset : offset + length]

    pieces = list(iter_range(StoredRange(2, 2_500_000, 2), read))
    assert b"".join(pieces) == turn_words(stored[2:2_500_002], 2)
    assert max(asked) <= 2**20
