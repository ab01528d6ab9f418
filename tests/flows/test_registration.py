"""A firm that has never heard of the system registers, on a phone: mailbox, account, application.

Bima opens an account from the mail, fills in the steps with numbers as they stand on the cards,
meets a wrong number and a wrong file on the way, uploads photos and PDFs and sends it all. A
strict eye looks at every page.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from lpse.mail import sender
from registration.domain import terms
from registration.models import Application, ApplicationState, User
from tests.factories.applying import a_pdf
from tests.flows.eyes import Eyes
from tests.story.person import PHONE, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.clause("P22(1)a.1"),
]

ADDRESS = "bima@contoh.example"
PASSWORD = "sandi-contoh-panjang"


class Applicant(Person):
    """Somebody with a telephone, a mailbox and a few papers."""

    def __init__(self, browser: Browser, server: LiveServer, eyes: Eyes, papers: Path) -> None:
        super().__init__(browser, server.url, "bima", eyes, size=PHONE)
        self.papers = papers
        Image.new("RGB", (640, 400), "white").save(papers / "ktp.jpg", "JPEG")
        (papers / "akta.pdf").write_bytes(a_pdf())
        (papers / "script.pdf").write_bytes(a_pdf("<</S/JavaScript/JS(app.alert(1))>>"))

    def fill(self, **said: str) -> None:
        for name, text in said.items():
            self.write(self.named(name), text)

    def opens_the_mail(self) -> None:
        sender.send_due()
        link = re.search(r"/register/confirm/\S+", mail.outbox[-1].body)
        assert link
        self.visit(link[0])

    def keep(self) -> None:
        self.press(self.at("main form button.btn-primary[type=submit]"), to="/application/*/")

    def upload(self, code: str, file: str) -> None:
        card = self.at(f"#{code}")
        self.attach(card.locator("[type=file]"), self.papers / file)
        with self.page.expect_navigation():
            card.locator("form[enctype] button").click()


def registers(bima: Applicant) -> None:
    bima.visit("/")
    bima.follow("/register/")
    bima.look("register")
    bima.fill(email=ADDRESS)
    bima.send(to="/register/sent/")
    bima.look("register_sent")
    bima.opens_the_mail()
    bima.look("register_confirm")
    bima.fill(full_name="Bima Contoh", wish="bima", password1=PASSWORD, password2="lain")
    bima.send()
    bima.sees(".error-summary")
    bima.look("register_confirm_wrong")
    bima.fill(password1=PASSWORD, password2=PASSWORD)
    bima.tick(bima.named("terms"))
    bima.send(to="/application/")
    user = User.objects.get(email=ADDRESS)
    expect(bima.at(".user-id")).to_have_text(user.username)
    bima.look("application_start")


def fills_in(bima: Applicant) -> None:
    bima.send("main form[action='/application/start/']", to="/application/kind/")
    bima.look("application_kind")
    bima.tick(bima.at("main [name=kind][value=company]"))
    bima.keep()
    bima.fill(name="PT Bima Contoh", npwp="01.312.166.0")
    bima.send()
    bima.sees(".field-error")
    expect(bima.named("name")).to_have_value("PT Bima Contoh")
    bima.look("application_identity_wrong")
    bima.fill(npwp="01.312.166.0-091.000")
    bima.keep()
    bima.fill(address="Jalan Contoh 7", phone="0282 555123")
    bima.choose(bima.named("region"), "33.01")
    bima.look("application_address")
    bima.keep()
    bima.fill(responsible_name="Bima Contoh", responsible_nik="3301 0117 0580 0001")
    bima.look("application_responsible")
    bima.keep()


def uploads(bima: Applicant) -> None:
    bima.look("application_documents")
    bima.upload("ktp", "script.pdf")
    bima.sees("#ktp .field-error")
    bima.look("application_documents_wrong")
    bima.upload("ktp", "ktp.jpg")
    for code in ("deed", "npwp", "licence"):
        bima.upload(code, "akta.pdf")
    bima.look("application_documents_there")


def sends(bima: Applicant) -> None:
    bima.follow("/application/check/")
    bima.look("application_check_lacking")
    bima.press(bima.at(".error-summary a"), to="/application/responsible/")
    bima.sees(".field-asked")
    bima.look("application_responsible_missing")
    bima.fill(responsible_position="Direktur")
    bima.keep()
    bima.follow("/application/check/")
    bima.look("application_check")
    bima.send(to="/application/")
    bima.look("application_sent")


def test_a_firm_registers_on_a_phone(
    browser: Browser, live_server: LiveServer, settings: Settings, tmp_path: Path
) -> None:
    settings.BASE_URL = live_server.url
    assert terms.ensure()
    eyes = Eyes()
    bima = Applicant(browser, live_server, eyes, tmp_path)

    registers(bima)
    fills_in(bima)
    uploads(bima)
    sends(bima)

    made = Application.objects.get(applicant__email=ADDRESS)
    assert made.state == ApplicationState.SUBMITTED
    assert made.code in bima.page.inner_text("main")
    form = bima.fetch(
        bima.at(f"a[href='{reverse('application_form', args=['registration'])}']"),
        tmp_path / "form.pdf",
    )
    assert form.read_bytes().startswith(b"%PDF")
    # A form that comes back is 422, which the browser's console mentions.
    assert [fault for fault in eyes.faults if "status of 422" not in fault] == []
