from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpse.ledger import tree
from tests.unit.ledger import reference

# The eight leaves and the roots that every implementation of RFC 6962 is tested with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATH_0_OF_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
PATH_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
PROOF_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]

sizes = st.integers(1, 70)


def hashes(count: int) -> list[bytes]:
    return [tree.leaf_hash(entry) for entry in entries(count)]


def entries(count: int) -> list[bytes]:
    return [bytes([number]) * 32 for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size: int) -> None:
    assert tree.root_of([tree.leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "path"), [(0, PATH_0_OF_8), (5, PATH_5_OF_8)])
def test_the_published_inclusion_proofs_come_out(index: int, path: list[str]) -> None:
    nodes = tree.nodes_of([tree.leaf_hash(leaf) for leaf in LEAVES])

    assert [part.hex() for part in tree.inclusion(nodes, index, 8)] == path


def test_the_published_consistency_proof_comes_out() -> None:
    nodes = tree.nodes_of([tree.leaf_hash(leaf) for leaf in LEAVES])

    assert [part.hex() for part in tree.consistency(nodes, 6, 8)] == PROOF_6_TO_8


@given(sizes)
def test_the_root_is_the_one_of_the_definition(size: int) -> None:
    assert tree.root_of(hashes(size)) == reference.mth(entries(size))


@given(sizes, st.data())
def test_an_inclusion_proof_is_the_one_of_the_definition(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(tree.nodes_of(hashes(size)), index, size)

    assert path == reference.path(index, entries(size))
    leaf = hashes(size)[index]
    assert tree.root_from_inclusion(leaf, index, size, path) == reference.mth(entries(size))


@given(sizes, st.data())
def test_a_consistency_proof_is_the_one_of_the_definition(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    steps = tree.consistency(tree.nodes_of(hashes(size)), old, size)

    assert steps == reference.proof(old, entries(size))
    assert reference.consistent(
        old, size, reference.mth(entries(old)), reference.mth(entries(size)), steps
    )


def test_a_proof_of_another_length_leads_nowhere() -> None:
    path = tree.inclusion(tree.nodes_of(hashes(8)), 3, 8)

    for wrong in (path[:-1], [*path, path[0]]):
        with pytest.raises(ValueError, match=r"longer|shorter"):
            tree.root_from_inclusion(hashes(8)[3], 3, 8, wrong)


@pytest.mark.parametrize("index", [-1, 8, 9])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree.inclusion(tree.nodes_of(hashes(8)), index, 8)
    with pytest.raises(ValueError, match="no leaf"):
        tree.root_from_inclusion(hashes(8)[0], index, 8, [])


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        tree.consistency(tree.nodes_of(hashes(8)), 9, 8)
