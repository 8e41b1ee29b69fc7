"""Memory is used again, and never while somebody looks at it."""

from sonarium.base.block_pool import BlockPool


def test_a_block_with_a_view_is_not_handed_out() -> None:
    blocks = BlockPool(1000)
    block = blocks.take()
    view = memoryview(block)[5:9]
    blocks.give_back(block)
    assert blocks.take() is not block
    view.release()
    assert blocks.take() is block


def test_no_more_blocks_are_kept_than_bounded_and_none_of_another_size() -> None:
    blocks = BlockPool(1000, most=1)
    first, second = bytearray(1000), bytearray(1000)
    blocks.give_back(bytearray(999))
    blocks.give_back(first)
    blocks.give_back(second)
    assert blocks.take() is first
    assert blocks.take() is not second
