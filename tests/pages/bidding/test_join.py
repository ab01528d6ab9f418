"""The page on which a firm joins, without JavaScript."""

from __future__ import annotations

import pytest

from bidding.models import Participation
from registration.models import OfficerRight
from tests.cast import Client
from tests.factories.bidding import Announced, a_firm, a_user, an_announced_tender

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Announced:
    return an_announced_tender()


def url(made: Announced) -> str:
    return f"/tenders/{made.tender.code}/join/"


def test_join_leads_to_the_bid(client: Client, made: Announced) -> None:
    client.force_login(a_firm("maju"))

    response = client.post(url(made), {"integrity_pact": "on"})

    assert (response.status_code, response["Location"]) == (
        302,
        f"/tenders/{made.tender.code}/bid/",
    )
    assert Participation.objects.get().provider.code == "pt-maju"


def test_join_without_the_pact_shows_the_form_again(client: Client, made: Announced) -> None:
    client.force_login(a_firm())

    response = client.post(url(made), {})

    assert response.status_code == 422
    assert 'id="id_integrity_pact_error"' in response.text
    assert not Participation.objects.exists()


def test_a_firm_that_has_joined_goes_straight_to_its_bid(client: Client, made: Announced) -> None:
    client.force_login(a_firm())
    client.post(url(made), {"integrity_pact": "on"})

    assert client.get(url(made)).status_code == 302


def test_bid_page_before_joining_leads_to_joining(client: Client, made: Announced) -> None:
    client.force_login(a_firm())

    assert client.get(f"/tenders/{made.tender.code}/bid/")["Location"] == url(made)


def test_join_by_a_reader_an_office_or_a_stranger_is_forbidden(
    client: Client, made: Announced
) -> None:
    for user in (a_firm(right=OfficerRight.READER), a_user(), made.tender.ppk):
        client.force_login(user)
        assert client.get(url(made)).status_code == 403


def test_join_signed_out_asks_to_sign_in(client: Client, made: Announced) -> None:
    assert client.get(url(made))["Location"].startswith("/accounts/login/")


def test_join_a_tender_that_is_not_announced_does_not_exist(client: Client) -> None:
    client.force_login(a_firm())

    assert client.get("/tenders/999999/join/").status_code == 404
