"""Memory that is used again when nobody looks at it any more."""


class BlockPool:
    """Blocks of one size, for one thread.

    Fresh memory costs the system more than the bytes of a loop that are put into it.

    Args:
        block_bytes: how long each is.
        most: how many are kept while nobody needs them.
    """

    __slots__ = ("_blocks", "_most", "block_bytes")

    def __init__(self, block_bytes: int, most: int = 16) -> None:
        self.block_bytes = block_bytes
        self._most = most
        self._blocks: list[bytearray] = []

    def take(self) -> bytearray:
        """Return a block, with whatever was in it before."""
        for place, block in enumerate(self._blocks):
            if _is_unseen(block):
                return self._blocks.pop(place)
        return bytearray(self.block_bytes)

    def give_back(self, block: bytearray) -> None:
        """Let others have a block as soon as the last view of it is gone; other sizes are left."""
        if len(block) == self.block_bytes and len(self._blocks) < self._most:
            self._blocks.append(block)


def _is_unseen(block: bytearray) -> bool:
    """Tell whether there is no view of a block: only then can its length change."""
    try:
        block.append(block.pop())
    except BufferError:
        return False
    return True
