"""What anybody reads: the list, the pages of a tender, its documents, the rules."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from procurement.domain import queries, schedule
from procurement.domain import tender as domain
from procurement.domain.queries import Criteria, Sort
from procurement.models import Download, TenderDocument
from registration.models import DocumentCode
from tests.factories import procurement as make

pytestmark = pytest.mark.django_db

LIST = reverse("procurement:tender_list")
TABS = ["tender", "schedule", "documents", "announcement"]


@pytest.fixture(autouse=True)
def _sample(settings):
    settings.SAMPLE_INSTALLATION = True


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


def page(name: str, tender) -> str:
    return reverse(f"procurement:{name}", kwargs={"code": tender.code})


# --- Who sees a tender ------------------------------------------------------------------------


@pytest.mark.clause("P3(1)b")
@pytest.mark.parametrize("name", TABS)
def test_an_announced_tender_is_read_without_signing_in(cast, client, name):
    tender = make.an_announced_tender()

    response = client.get(page(name, tender))

    assert response.status_code == 200
    assert tender.title in response.text


@pytest.mark.parametrize("name", TABS)
@pytest.mark.parametrize("who", ["", "stranger", "maju", "tono", "eko", "oki", "agus"])
def test_a_tender_in_preparation_does_not_exist_for_others(cast, client, name, who):
    tender = make.a_complete_tender()
    if who:
        client.force_login(getattr(cast, who))

    assert client.get(page(name, tender)).status_code == 404


@pytest.mark.parametrize("who", ["sari", "budi"])
def test_ppk_and_committee_see_the_announcement_before_everybody(cast, client, who):
    tender = make.a_complete_tender()
    client.force_login(getattr(cast, who))

    response = client.get(page("tender", tender))

    assert "Not announced yet" in response.text


@pytest.mark.parametrize("who", ["", "maju", "budi"])
def test_a_visitor_is_led_through_signing_in_to_taking_part(cast, client, who):
    tender = make.an_announced_tender()
    if who:
        client.force_login(getattr(cast, who))
    onward = f"{reverse('account_login')}?next=/tenders/{tender.code}/join/"

    assert (onward in client.get(page("tender", tender)).text) is (who == "")


def test_a_visitor_is_not_led_where_nobody_can_join_any_more(client, cast):
    tender = make.an_announced_tender()
    domain.cancel(tender, reason="Sample reason of the committee", by=cast.budi)

    assert "Sign in to take part" not in client.get(page("tender", tender)).text


def test_no_public_page_shows_a_price_of_the_estimate(cast, client):
    tender = make.an_announced_tender()

    pages = [client.get(page(name, tender)).text for name in TABS]

    assert all("85.000" not in text and "650.000" not in text for text in pages)
    assert "Rp 225.766.915,00" in pages[0]


@pytest.mark.clause("P3(3)")
def test_a_page_offers_the_lpse_nothing_to_change(cast, client):
    tender = make.an_announced_tender()
    client.force_login(cast.oki)

    text = client.get(page("tender", tender)).text

    assert "workspace" not in text
    assert "cancel" not in text


def test_a_cancelled_tender_stays_public_with_its_reason(cast, client):
    tender = make.an_announced_tender()
    domain.cancel(tender, reason="Anggaran dialihkan.", by=cast.budi)

    assert "Anggaran dialihkan." in client.get(page("tender", tender)).text
    assert tender.code in client.get(LIST, {"status": "cancelled"}).text


@pytest.mark.parametrize("name", TABS)
def test_a_training_tender_is_marked_on_every_page(cast, client, name):
    tender = make.an_announced_tender(law="training")

    assert "Training tender" in client.get(page(name, tender)).text
    assert "Training" in client.get(LIST).text


def test_the_schedule_shows_every_change_with_its_reason(cast, client):
    tender = make.an_announced_tender(law="training")
    contract = tender.stages.get(code="contract")
    schedule.apply(
        tender,
        {"contract": (contract.starts_at, contract.ends_at + dt.timedelta(days=1))},
        reason="Libur daerah.",
        by=cast.rina,
    )

    text = client.get(page("schedule", tender)).text

    assert "Libur daerah." in text
    assert "Rina Contoh" in text


# --- Documents --------------------------------------------------------------------------------


def fetch_url(tender) -> str:
    document = TenderDocument.objects.get(tender=tender, removed_at=None)
    return reverse("procurement:document", kwargs={"code": tender.code, "pk": document.pk})


@pytest.mark.parametrize("who", ["", "maju", "stranger"])
def test_a_download_is_registered(cast, client, who):
    tender = make.an_announced_tender()
    if who:
        client.force_login(getattr(cast, who))

    response = client.get(fetch_url(tender))

    assert b"".join(response.streaming_content) == make.PDF
    assert "dokumen.pdf" in response["Content-Disposition"]
    assert Download.objects.get().user == (getattr(cast, who) if who else None)
    assert AuditEntry.objects.get(event=Event.TENDER_DOCUMENT_DOWNLOADED).data["sha256"]


def test_the_committee_reads_its_own_documents_without_an_entry(cast, client):
    tender = make.a_complete_tender()
    client.force_login(cast.budi)

    response = client.get(fetch_url(tender))

    assert b"".join(response.streaming_content) == make.PDF
    assert not Download.objects.exists()


def test_a_removed_document_is_gone_for_everybody(cast, client):
    tender = make.a_complete_tender()
    url = fetch_url(tender)
    TenderDocument.objects.update(removed_at=database_now(), removed_by=cast.budi)
    make.announced(tender)

    assert client.get(url).status_code == 404


def test_the_documents_show_their_digest(cast, client):
    tender = make.an_announced_tender()
    digest = TenderDocument.objects.get().file.sha256

    assert digest[:4] in client.get(page("documents", tender)).text


# --- The list ---------------------------------------------------------------------------------


def titles(response) -> list[str]:
    return [tender.title for tender, _stages in response.context["rows"]]


def test_the_list_shows_what_is_announced_and_nothing_else(cast, client):
    make.an_announced_tender(title="Jembatan Contoh")
    make.a_complete_tender(title="Gedung Contoh")

    assert titles(client.get(LIST)) == ["Jembatan Contoh"]


def test_an_empty_list_says_so(client):
    assert "No tender matches" in client.get(LIST).text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("jalan", True),
        ("JALAN desa", True),
        ("bangun", True),  # stemmed: pembangunan
        ("pemb", True),  # begun
        ("kecamatan", True),  # the place of work
        ("jalan gedung", False),
        ("sapi", False),
        ("!!! ' & | <-> :*", True),  # no word in it: no filter
        ("jalan & | ! ( :* 'x", False),
    ],
)
def test_search_finds_titles_places_and_codes_in_indonesian(cast, client, words, found):
    tender = make.an_announced_tender(title="Pembangunan Jalan Desa Contoh")

    assert (titles(client.get(LIST, {"q": words})) == [tender.title]) is found
    assert titles(client.get(LIST, {"q": tender.code})) == [tender.title]


@pytest.mark.parametrize(
    "hostile",
    ["%" * 199, "a " * 99, "'; DROP TABLE x; --", "\\", "🙂", "-", "x" * 200, "a:*b", '"', "\x00"],
)
def test_hostile_words_are_only_words(client, hostile):
    assert client.get(LIST, {"q": hostile}).status_code == 200


@pytest.mark.parametrize(
    "nonsense",
    [{"after": "x"}, {"after": "9_9"}, {"before": "_"}, {"sort": "x"}, {"agency": "x"},
     {"year": "0"}, {"status": "x"}, {"after": f"{'9' * 400}_1", "sort": "largest"}],
)  # fmt: skip
def test_nonsense_in_an_address_is_the_first_page(cast, client, nonsense):
    make.an_announced_tender()

    assert client.get(LIST, nonsense).status_code == 200


def test_the_filters_narrow_the_list(cast, client):
    works = make.an_announced_tender(title="Jalan")
    goods = make.an_announced_tender(title="Laptop", category="goods", budget_year=2025)
    over = make.an_announced_tender(title="Lama", ends_in=-make.HOUR)

    assert titles(client.get(LIST, {"category": "goods"})) == [goods.title]
    assert titles(client.get(LIST, {"year": "2025"})) == [goods.title]
    assert titles(client.get(LIST, {"status": "opening"})) == [over.title]
    assert set(titles(client.get(LIST, {"status": "open"}))) == {works.title, goods.title}
    three = {"agency": str(works.agency_id), "category": "works", "status": "submission"}
    assert titles(client.get(LIST, three)) == [works.title]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_follow_each_other_both_ways_without_a_gap(cast, sort):
    make.many_announced_tenders(60)
    now = database_now()
    criteria = Criteria(sort=sort)

    first = queries.search(criteria, now=now)
    second = queries.search(criteria, now=now, after=first.next)
    third = queries.search(criteria, now=now, after=second.next)
    back = queries.search(criteria, now=now, before=second.previous)

    seen = [t.pk for part in (first, second, third) for t in part.tenders]
    assert len(seen) == len(set(seen)) == 60
    assert [t.pk for t in back.tenders] == [t.pk for t in first.tenders]
    assert (first.previous, third.next, back.previous) == ("", "", "")


def test_equal_values_do_not_hide_a_tender_between_two_pages(cast):
    make.many_announced_tenders(60)
    domain.Tender.objects.update(hps_rupiah=7)

    first = queries.search(Criteria(sort=Sort.LARGEST), now=database_now())
    second = queries.search(Criteria(sort=Sort.LARGEST), now=database_now(), after=first.next)

    assert not {t.pk for t in first.tenders} & {t.pk for t in second.tenders}


@pytest.mark.parametrize("url", ["list", "tender", "schedule", "documents", "announcement"])
def test_a_page_costs_the_same_at_one_and_three_rows(cast, client, url):
    tender = make.an_announced_tender()
    where = LIST if url == "list" else page(url, tender)
    client.get(where)
    with CaptureQueriesContext(connection) as one:
        client.get(where)
    make.an_announced_tender()
    make.an_announced_tender()
    for number in range(2):
        document = TenderDocument.objects.filter(tender=tender).first()
        TenderDocument.objects.create(
            tender=tender,
            kind="other",
            name=f"{number}.pdf",
            file=document.file,
            uploaded_by=cast.budi,
        )

    with CaptureQueriesContext(connection) as three:
        client.get(where)

    assert len(three) == len(one) <= 9


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_ten_thousand_tenders_are_searched_by_the_indexes(cast, client):
    make.many_announced_tenders(10_000)
    now = database_now()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE procurement_tender; ANALYZE procurement_stage")

    def plan(criteria, **place):
        rows = queries.matching(criteria, now)
        key = queries.KEYS[criteria.sort]
        rows = queries._ordered(rows, key, backwards=False)  # noqa: SLF001
        if place:
            rows = rows.filter(queries._beyond(key, backwards=False, **place))  # noqa: SLF001
        return rows[:26].explain()

    assert "tender_newest" in plan(Criteria())
    assert "tender_newest" in plan(Criteria(), value=now - dt.timedelta(days=30), pk=1)
    assert "tender_largest" in plan(Criteria(sort=Sort.LARGEST))
    assert "tender_search" in plan(Criteria(q="puskesmas 9999"))
    assert "stage_due" in plan(Criteria(sort=Sort.CLOSING))
    response = client.get(LIST, {"q": "jalan"})
    assert response.context["page"].is_capped
    assert "More than 1000" in response.text.replace(",", "").replace(".", "")


# --- The rules --------------------------------------------------------------------------------


def test_anybody_reads_the_rules_side_by_side(client):
    text = client.get(reverse("procurement:rules")).text

    for words in (
        "Perpres 54/2010",
        "Perpres 16/2018",
        "Pasal 61 ayat (4)",
        "to be confirmed by the LPSE",
    ):
        assert words in text
    assert "7,5%" in text


def test_the_law_of_registration_stands_on_the_page_of_the_rules(client):
    text = client.get(reverse("procurement:rules")).text

    for words in (
        f"{DocumentCode.KTP.label}; {DocumentCode.DEED.label}",
        "Pasal 22 ayat (4)",
        "16 working hours",
        "SLA/SOP LPSE",
        "10 years",
    ):
        assert words in text


def test_training_is_among_the_rules_only_where_it_may_be_used(client, settings):
    url = reverse("procurement:rules")
    assert "Training, not the law" in client.get(url).text

    settings.SAMPLE_INSTALLATION = False
    assert "Training, not the law" not in client.get(url).text
