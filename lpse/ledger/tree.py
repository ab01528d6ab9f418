"""The Merkle tree of RFC 6962, over whatever can hand out the hash of a complete subtree.

``Nodes`` is a function of height and index: the hash over the leaves ``index << height`` up to
``(index + 1) << height``. From it follow roots, inclusion proofs and consistency proofs of any
size, each in the words of RFC 6962 section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Nodes = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over ``leaves``, which are leaf hashes already."""
    if not leaves:
        return EMPTY_ROOT
    return root(nodes_of(leaves), len(leaves))


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """The subtrees over a short list of leaf hashes held in memory."""

    def node(height: int, index: int) -> bytes:
        if height == 0:
            return leaves[index]
        return node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))

    return node


def root(node: Nodes, size: int) -> bytes:
    """MTH(D[0:size])."""
    return _range(node, 0, size) if size else EMPTY_ROOT


def inclusion(node: Nodes, index: int, size: int) -> list[bytes]:
    """PATH(index, D[0:size]): the siblings from the leaf up to below the root."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _path(node, index, 0, size)


def consistency(node: Nodes, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[0:new]): that the first ``old`` leaves are still the first."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} cannot follow one of {old}")
    return _subproof(node, old, 0, new, whole=True) if 0 < old < new else []


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that ``proof`` leads to (RFC 9162 section 2.1.3.2); ``ValueError`` if misshapen."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    at, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ValueError("the proof is longer than the tree is high")
        if at % 2 or at == last:
            result = node_hash(sibling, result)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ValueError("the proof is shorter than the tree is high")
    return result


def _range(node: Nodes, start: int, end: int) -> bytes:
    """MTH(D[start:end]) where ``start`` is aligned to the largest power of two that fits."""
    size = end - start
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(size)
    return node_hash(_range(node, start, middle), _range(node, middle, end))


def _path(node: Nodes, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(node, index, start, middle), _range(node, middle, end)]
    return [*_path(node, index, middle, end), _range(node, start, middle)]


def _subproof(node: Nodes, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [_range(node, start, end)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(node, old, start, middle, whole=whole), _range(node, middle, end)]
    return [*_subproof(node, old, middle, end, whole=False), _range(node, start, middle)]


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1
