"""The pages of keys and signing, as far as they can be asked without a browser."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.urls import reverse

from lpse.clock import database_now, instant
from lpse.sealing import chain, jcs, member_key
from procurement.domain import member_key as domain
from procurement.domain import rule_set, statement
from procurement.domain.member_key import Purpose
from procurement.models import CommitteeKey, TenderState
from registration.models import User
from tests.cast import Cast, Client
from tests.factories.committee import (
    Waiting,
    a_complete_tender,
    a_registered_key,
    proof_of,
    sign_with,
    wrapped,
)

pytestmark = pytest.mark.django_db
KEYS = reverse("procurement:keys")


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.cookies["django_language"] = "en"


def register(client: Client, user: User) -> tuple[dict[str, str], bytes]:
    key = member_key.make(user.username, created_at=instant(database_now()))
    file = wrapped(key, openable=False)
    proof = proof_of(user, key, Purpose.REGISTER, file)
    body = {
        "recipient": key["recipient"],
        "signing_key": key["signing_key"],
        "wrapped": base64.b64encode(file).decode(),
        "challenge": proof.challenge,
        "signature": proof.signature,
    }
    answer = client.post(
        reverse("procurement:key_register"), body, content_type="application/json"
    )
    assert answer.json() == {"registered": True}
    return key, file


def test_a_member_is_led_from_no_keys_to_tested_ones(client: Client, cast: Cast) -> None:
    client.force_login(cast.budi)
    assert "You have no keys yet" in client.get(KEYS).text

    key, file = register(client, cast.budi)
    assert "Test your backup now" in client.get(KEYS).text

    kept = CommitteeKey.objects.get()
    proof = proof_of(cast.budi, key, Purpose.BACKUP, file)
    body = {"purpose": "backup", "challenge": proof.challenge, "signature": proof.signature}
    test = reverse("procurement:key_test", kwargs={"pk": kept.pk})
    assert client.post(test, body, content_type="application/json").json() == {"tested": True}
    text = client.get(KEYS).text
    assert "Your backup opens" in text
    assert key["recipient"] in text


def test_a_procurement_officer_has_keys_too_and_others_have_none(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.joko)
    assert client.get(KEYS).status_code == 200

    for other in (cast.sari, cast.maju, cast.oki):
        client.force_login(other)
        assert client.get(KEYS).status_code == 403


def test_the_backup_is_given_to_its_owner_alone(client: Client, cast: Cast) -> None:
    _key, kept = a_registered_key(cast.budi)
    backup = reverse("procurement:key_backup", kwargs={"pk": kept.pk})

    client.force_login(cast.budi)
    assert client.get(backup).content == base64.b64decode(kept.wrapped)

    client.force_login(cast.rina)
    assert client.get(backup).status_code == 404


@pytest.mark.parametrize("body", [{}, {"purpose": "register"}, {"purpose": 1}])
def test_a_misshapen_request_is_refused(client: Client, cast: Cast, body: dict[str, Any]) -> None:
    _key, kept = a_registered_key(cast.budi, tested=False)
    client.force_login(cast.budi)

    test = reverse("procurement:key_test", kwargs={"pk": kept.pk})

    assert client.post(test, body, content_type="application/json").status_code == 409


def test_keys_are_taken_out_of_use_by_a_button(client: Client, cast: Cast) -> None:
    _key, kept = a_registered_key(cast.budi)
    client.force_login(cast.budi)

    client.post(reverse("procurement:key_revoke", kwargs={"pk": kept.pk}))

    assert domain.in_use(cast.budi) is None
    assert "Earlier keys" in client.get(KEYS).text


# --- Signing ----------------------------------------------------------------------------------


def page(name: str, waiting: Waiting) -> str:
    return reverse(f"procurement:{name}", kwargs={"code": waiting.tender.code})


def test_what_is_signed_is_shown_in_names_and_numbers_that_people_read(client: Client) -> None:
    waiting = a_complete_tender()
    waiting.tender.items.filter(number=1).update(volume="1050.5")
    client.force_login(waiting.members[0])
    client.post(page("statement_propose", waiting))

    text = client.get(page("statement", waiting)).text

    law = rule_set.of(waiting.tender)
    code = f'<span data-signed="statement.rule_set.code">{law.code}</span>'
    assert f"{law.title} ({code})" in text
    assert '<span data-signed="items.0.volume" data-quantity>1.050,5</span>' in text


def test_the_tender_is_proposed_and_signed_over_its_pages(client: Client) -> None:
    waiting = a_complete_tender()
    client.force_login(waiting.members[0])
    client.post(page("statement_propose", waiting))
    proposed = statement.pending(waiting.tender)

    for member in waiting.members[:2]:
        client.force_login(member)
        body = {
            "digest": proposed.digest,
            "signature": sign_with(waiting.keys[member.username], statement.body_of(proposed)),
        }
        answer = client.post(
            page("statement_sign", waiting), body, content_type="application/json"
        )

    assert answer.json() == {"valid": True}
    waiting.tender.refresh_from_db()
    assert waiting.tender.state == TenderState.ANNOUNCED


def test_everybody_reads_the_chain_and_the_cover_sheet(client: Client) -> None:
    waiting = a_complete_tender()
    assert client.get(page("statement_chain", waiting)).status_code == 404
    valid = waiting.announce()

    answer = client.get(page("statement_chain", waiting))

    versions = answer.json()["versions"]
    assert chain.verify(versions, tender=waiting.tender.code).digest == valid.digest
    assert jcs.digest(versions[0]["content"]) == versions[0]["statement"]["content"]
    sheet = client.get(page("cover_sheet", waiting)).text
    for group in (valid.digest[:4], valid.digest[-4:]):
        assert group in sheet


def test_a_stale_proposal_is_shown_as_such_and_proposed_again(client: Client) -> None:
    waiting = a_complete_tender()
    waiting.propose()
    waiting.keys["rina"], _kept = a_registered_key(waiting.members[2])
    client.force_login(waiting.members[0])

    text = client.get(page("statement", waiting)).text
    assert "can no longer be signed" in text
    assert "Propose for signature" in text

    client.post(page("statement_propose", waiting))
    assert "can no longer be signed" not in client.get(page("statement", waiting)).text


def test_the_ppk_reads_what_is_approved_and_cannot_sign(client: Client) -> None:
    waiting = a_complete_tender()
    waiting.propose()
    client.force_login(waiting.ppk)

    text = client.get(page("statement", waiting)).text

    assert waiting.tender.title in text
    assert 'data-part="sign"' not in text
    assert client.post(page("statement_propose", waiting)).status_code == 403
