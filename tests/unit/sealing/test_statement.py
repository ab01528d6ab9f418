"""What a key statement must be, and what a later version may change."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from lpse.sealing import chain, member_key, statement
from lpse.sealing.errors import StatementRefused
from tests.unit.sealing.people import Committee, committee


@pytest.fixture(scope="module")
def people() -> Committee:
    return committee("budi", "dewi", "rina", k=2)


def refusal(act: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(StatementRefused) as refused:
        act(*args, **kwargs)
    return refused.value.code


def later(people: Committee, **changes: Any) -> dict[str, Any]:
    second = {"version": 2, "previous": statement.digest(people.statement())}
    return people.statement(**(second | changes))


def change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def act(body: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for parent in parents:
            body = body[int(parent) if parent.isdigit() else parent]
        body[last] = value

    return act


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("format", "lpse-key-statement/0", "format"),
        ("format", "lpse-key-statement/2", "format"),
        ("extra", 1, "field"),
        ("deadline", "2010-08-10T07:00:00Z", "field"),
        ("deadline", "2010-02-30T07:00:00.000000Z", "field"),
        ("log_key", "AAAA", "field"),
        ("version", 0, "field"),
        ("version", True, "field"),
        ("members.0.admin", True, "field"),
        ("members.0.recipient", "age1pq1" + "q" * 1952, "recipient"),
        ("members.0.recipient", "age1tag1" + "q" * 54, "recipient"),
        ("members.0.recipient", "ssh-ed25519 AAAA", "recipient"),
        ("members.0.member", "zaki", "members"),
        ("n", 4, "members"),
        ("k", 1, "threshold"),
        ("k", 4, "threshold"),
        ("envelopes", [], "envelopes"),
        ("envelopes", ["single", "single"], "envelopes"),
        ("opening_at", "2010-08-10T06:59:59.999999Z", "instants"),
        ("version", 2, "version"),
        ("previous", "a" * 64, "version"),
    ],
)
def test_a_statement_of_another_form_is_refused(
    people: Committee, path: str, value: object, code: str
):
    body = deepcopy(people.statement())
    change(path, value)(body)

    assert refusal(statement.check, body) == f"statement:{code}"


@pytest.mark.parametrize("field", ["lpse", "bundle", "rule_set", "members"])
def test_a_missing_field_is_refused(people: Committee, field: str):
    body = people.statement()
    del body[field]

    assert refusal(statement.check, body) == "statement:field"


def test_one_key_under_two_names_is_refused(people: Committee):
    body = deepcopy(people.statement())
    body["members"][1]["recipient"] = body["members"][0]["recipient"]

    assert refusal(statement.check, body) == "statement:members"


def test_one_officer_alone_opens_alone():
    alone = committee("joko", k=1)

    assert list(alone.chain().by_digest) == [statement.digest(alone.statement())]


def test_a_majority_must_have_signed(people: Committee):
    version = people.signed(people.statement())

    one, two = version["signatures"][:1], version["signatures"][:2]
    twice = one * 3

    assert refusal(statement.verify, version["statement"], one) == "statement:majority"
    assert refusal(statement.verify, version["statement"], twice) == "statement:majority"
    assert statement.verify(version["statement"], two)


def test_a_stranger_or_a_forged_signature_is_refused(people: Committee):
    body = people.statement()
    stranger = member_key.make("tono", created_at=body["deadline"])
    signed = people.signed(body)["signatures"]
    forged = [signed[0] | {"signature": signed[1]["signature"]}, *signed[1:]]
    strange = [*signed, member_key.sign_statement(stranger, body)]

    assert refusal(statement.verify, body, strange) == "statement:signer"
    assert refusal(statement.verify, body, forged) == "statement:signature"


def test_a_signature_covers_every_field(people: Committee):
    version = people.signed(people.statement())
    moved = version["statement"] | {"opening_at": "2010-08-10T08:00:00.000000Z"}

    assert refusal(statement.verify, moved, version["signatures"]) == "statement:signature"


def test_a_later_version_may_move_the_schedule(people: Committee):
    second = later(
        people,
        deadline="2010-08-12T07:00:00.000000Z",
        opening_at="2010-08-12T07:15:00.000000Z",
        content="d" * 64,
    )

    verified = people.chain(people.statement(), second)

    assert verified.latest == second
    assert verified.digest == statement.digest(second)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bundle": "d" * 64}, "changed"),
        ({"envelopes": ["other"]}, "changed"),
        ({"k": 3}, "changed"),
        ({"rule_set": {"code": "training", "digest": "a" * 64}}, "changed"),
        ({"deadline": "2010-08-09T07:00:00.000000Z"}, "earlier"),
        ({"version": 3}, "version"),
        ({"previous": "d" * 64}, "version"),
        ({"tender": "3740902"}, "tender"),
    ],
)
def test_a_later_version_may_change_nothing_else(
    people: Committee, changes: dict[str, Any], code: str
):
    assert (
        refusal(people.chain, people.statement(), later(people, **changes)) == f"statement:{code}"
    )


def test_another_committee_cannot_follow(people: Committee):
    others = committee("eko", "fitri", "gilang", k=2)
    follow = later(people, members=[member_key.public_half(key) for key in others.keys])
    versions = [people.signed(people.statement()), others.signed(follow)]

    assert refusal(chain.verify, versions, tender="3740901") == "statement:changed"


def test_a_swapped_key_set_is_seen_by_who_has_seen_the_first(people: Committee):
    seen = statement.digest(people.statement())
    swapped = committee("budi", "dewi", "rina", k=2)
    versions = [swapped.signed(swapped.statement())]

    assert chain.verify(versions, tender="3740901")
    assert refusal(chain.verify, versions, tender="3740901", pinned=[seen]) == "statement:swapped"


def test_a_chain_has_all_its_versions(people: Committee):
    second = later(people)

    assert refusal(chain.verify, [], tender="3740901") == "statement:missing"
    assert refusal(people.chain, second) == "statement:version"
