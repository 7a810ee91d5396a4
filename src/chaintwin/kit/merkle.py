"""The Merkle tree of RFC 6962 kept in tiles of 256 hashes (C2SP tlog-tiles), and its proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from chaintwin.kit.digests import sha256

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32
EMPTY_ROOT = sha256(b"")

# Returns the hash over the 2**level leaves that start at number * 2**level.
ReadHash = Callable[[int, int], bytes]


def hash_leaf(entry: bytes) -> bytes:
    """Return the leaf hash of an entry (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + entry)


def hash_pair(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right)


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring subtrees of one level; IndexError if there is none."""
    level = list(hashes)
    while len(level) > 1:
        pairs = [
            sha256(b"\x01" + left + right)
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0]


def hash_range(read: ReadHash, begin: int, end: int) -> bytes:
    """Return the tree hash over leaves begin … end-1; begin lies where RFC 6962 splits a tree."""
    count = end - begin
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return read(level, begin >> level)
    middle = begin + _split(count)
    return hash_pair(hash_range(read, begin, middle), hash_range(read, middle, end))


def prove_inclusion(read: ReadHash, index: int, size: int) -> list[bytes]:
    """Return the audit path of a leaf (RFC 6962, section 2.1.1)."""
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(hash_range(read, middle, end))
            end = middle
        else:
            path.append(hash_range(read, begin, middle))
            begin = middle
    return path[::-1]


def prove_consistency(read: ReadHash, old: int, size: int) -> list[bytes]:
    """Return the proof that a tree of `old` leaves is a beginning of one of `size` (2.1.2)."""
    if old in {0, size}:
        return []
    path: list[bytes] = []
    begin, end, is_whole = 0, size, True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(hash_range(read, middle, end))
            end = middle
        else:
            path.append(hash_range(read, begin, middle))
            begin, is_whole = middle, False
    if not is_whole:
        path.append(hash_range(read, begin, end))
    return path[::-1]


def is_included(
    entry_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether an audit path leads from a leaf to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, entry_hash
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = hash_pair(step, found)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hash_pair(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether a tree is the continuation of an older one (RFC 9162, section 2.1.4.2)."""
    if old == size:
        return not proof and old_root == root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if old > size:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = hash_pair(step, first), hash_pair(step, second)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            second = hash_pair(second, step)
        node, last = node >> 1, last >> 1
    return last == 0 and (first, second) == (old_root, root)


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Return where a tile lies below the log's address; a narrower one ends in .p/W."""
    return f"tile/{level}/{_spell(number)}{_part(width)}"


def entries_path(number: int, width: int = WIDTH) -> str:
    """Return where a bundle of entries lies below the log's address."""
    return f"tile/entries/{_spell(number)}{_part(width)}"


def list_tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, number, width) of every tile of a tree, widths below 256 last at a level."""
    level = 0
    while size >> (HEIGHT * level):
        hashes = size >> (HEIGHT * level)
        for number in range(hashes // WIDTH):
            yield level, number, WIDTH
        if hashes % WIDTH:
            yield level, hashes // WIDTH, hashes % WIDTH
        level += 1


def _split(count: int) -> int:
    """Return the largest power of two below a count of two or more."""
    return 1 << ((count - 1).bit_length() - 1)


def _spell(number: int) -> str:
    groups = []
    while True:
        number, group = divmod(number, 1000)
        groups.append(f"{group:03d}")
        if not number:
            break
    return "/".join([*(f"x{group}" for group in reversed(groups[1:])), groups[0]])


def _part(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"


# Returns the hashes of a tile, at least as many as the tree has, one after another.
ReadTile = Callable[[int, int], bytes]


def read_through(read_tile: ReadTile) -> ReadHash:
    """Return a reader of subtree hashes over a reader of tiles; each tile is read once."""
    held: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        tile_level, inner = divmod(level, HEIGHT)
        first, count = number << inner, 1 << inner
        key = (tile_level, first // WIDTH)
        if key not in held:
            held[key] = read_tile(*key)
        start = (first % WIDTH) * HASH
        return fold(cut(held[key][start : start + count * HASH]))

    return read


def cut(data: bytes) -> list[bytes]:
    """Return the hashes of which a tile consists."""
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


@dataclass(slots=True)
class Growing:
    """A tree that takes more leaves; it holds only its right edge and the tiles that changed."""

    size: int = 0
    edge: list[list[bytes]] = field(default_factory=list)
    full: list[tuple[int, int, bytes]] = field(default_factory=list)

    @classmethod
    def resume(cls, size: int, read_tile: ReadTile) -> Growing:
        """Return the tree of so many leaves, as its tiles tell."""
        edge = []
        level = 0
        while size >> (HEIGHT * level):
            number, width = divmod(size >> (HEIGHT * level), WIDTH)
            edge.append(cut(read_tile(level, number)[: width * HASH]) if width else [])
            level += 1
        return cls(size, edge)

    def add(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.size += 1
        self._push(0, leaf)

    def root(self) -> bytes:
        """Return the root over all leaves."""
        return hash_range(read_through(self._tile), 0, self.size)

    def take_full(self) -> list[tuple[int, int, bytes]]:
        """Return (level, number, hashes) of the tiles that became full since the last time."""
        taken, self.full = self.full, []
        return taken

    def take_tiles(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield the tiles that became full, then the narrower ones of the right edge."""
        yield from self.take_full()
        for level, hashes in enumerate(self.edge):
            if hashes:
                yield level, (self.size >> (HEIGHT * level)) // WIDTH, b"".join(hashes)

    def _push(self, level: int, found: bytes) -> None:
        if level == len(self.edge):
            self.edge.append([])
        hashes = self.edge[level]
        hashes.append(found)
        if len(hashes) == WIDTH:
            number = ((self.size - 1) >> (HEIGHT * level)) // WIDTH
            self.full.append((level, number, b"".join(hashes)))
            self.edge[level] = []
            self._push(level + 1, fold(hashes))

    def _tile(self, level: int, number: int) -> bytes:
        # A root over all leaves asks for the right edge alone.
        return b"".join(self.edge[level])
