"""A firm that nobody knows becomes a provider: by phone, then at the counter of the LPSE."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.story.person import Person

# Which mail came last to an address, as text; it waits until there is one with these words.
Mailbox = Callable[[str, str], str]

FIRM = "CV Cendana Contoh"
ADDRESS = "cendana@contoh.example"
PASSWORD = "tiang-cendana-pagi-8"
IDENTITY = {"name": FIRM, "npwp": "03.124.560.8-953.000", "nib": "9120001234567"}
PLACE = {
    "address": "Jalan Contoh Merdeka 12",
    "postal_code": "98312",
    "phone": "0986 211234",
}
REGION = "92.02"  # Kabupaten Manokwari
RESPONSIBLE = {
    "responsible_name": "Candra Contoh",
    "responsible_position": "Direktur",
    "responsible_nik": "9202010101800001",
}
FITS = "fits"
NOTE = "Salinan terpotong di halaman terakhir."


# --- The applicant -------------------------------------------------------------------------------


def open_account(person: Person, mailbox: Mailbox) -> str:
    """From the front page to an account; the User ID it was given."""
    person.visit("/")
    person.follow("/register/")
    person.write(person.named("email"), ADDRESS)
    person.look("register")
    person.send(to="/register/sent/")
    person.page.goto(_link(mailbox(ADDRESS, "/register/confirm/"), "/register/confirm/"))
    person.write(person.named("full_name"), RESPONSIBLE["responsible_name"])
    person.write(person.named("wish"), "cendana")
    person.paste(person.named("password1"), PASSWORD)
    person.paste(person.named("password2"), PASSWORD)
    person.tick(person.named("terms"))
    person.look("register-confirm")
    person.send(to="/application/*")
    given = re.search(r"cendana\d{4}", person.at("main").inner_text())
    assert given, "the User ID is not shown"
    return given[0]


def fill_in(person: Person, copies: Mapping[str, Path]) -> None:
    """Every step of the application, and a copy of every document."""
    person.visit("/application/")
    if person.at("main form[action='/application/start/']").count():
        person.press(person.at("main form[action='/application/start/'] button"))
    person.visit("/application/kind/")
    person.tick(person.at("main [name='kind'][value='company']"))
    person.send(to="/application/*")
    person.visit("/application/identity/")
    _write(person, IDENTITY)
    person.send(to="/application/*")
    person.visit("/application/address/")
    _write(person, PLACE)
    person.choose(person.named("region"), REGION)
    person.look("application-address")
    person.send(to="/application/*")
    person.visit("/application/responsible/")
    _write(person, RESPONSIBLE)
    person.send(to="/application/*")
    person.visit("/application/documents/")
    for code, path in copies.items():
        upload(person, code, path)
    person.look("application-documents")


def upload(person: Person, code: str, path: Path) -> None:
    if not person.page.url.endswith("/application/documents/"):
        person.visit("/application/documents/")
    person.attach(person.at(f"#{code} [name='file']"), path)
    person.press(
        person.at(f"#{code} form[enctype='multipart/form-data'] button"),
        to="/application/documents/",
    )
    person.sees(f"#{code} .file-list")


def send(person: Person) -> str:
    """Send the application for verification; its code for the counter."""
    person.visit("/application/check/")
    person.look("application-check")
    person.send(to="/application/*")
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", person.at("main").inner_text())
    assert code, "the code of the application is not shown"
    return code[0]


def book_visit(person: Person) -> None:
    """The first time that is free."""
    person.visit("/application/visit/")
    person.tick(person.at("main input[type=radio]").first)
    person.look("application-visit")
    person.send(to="/application/visit/")
    person.sees("main form[action='/application/visit/cancel/'], main [data-confirm]")


# --- The verifier --------------------------------------------------------------------------------


def find_in_the_queue(person: Person, code: str) -> None:
    person.visit("/verifications/")
    person.look("queue")
    person.write(person.named("q"), code)
    person.page.keyboard.press("Enter")
    person.page.wait_for_url(f"**/verifications/{code}/")


def check_papers(person: Person, code: str, *, first_is_wrong: bool) -> None:
    """Compare every copy with its original; the first may not be what it should be."""
    for number, paper in enumerate(person.at("main section.paper").all()):
        is_wrong = first_is_wrong and number == 0
        if paper.locator(f"[name$='result'][value='{FITS}']").is_checked():
            continue
        person.tick(paper.locator("[name$='copy_received']"))
        person.tick(paper.locator("[name$='original_seen']"))
        person.tick(
            paper.locator(f"[name$='result'][value='{'does_not_fit' if is_wrong else FITS}']")
        )
        if is_wrong:
            person.write(paper.locator("[name$='note']"), NOTE)
    person.look(f"desk-{'returned' if first_is_wrong else 'complete'}")
    person.send(f"main form[action='/verifications/{code}/']", to=f"/verifications/{code}/")


def give_back(person: Person, code: str) -> None:
    """The list of what is missing starts with what was noted beside the papers."""
    person.follow(f"/verifications/{code}/return/")
    person.look("return")
    person.send(to="/verifications/*")


def approve(person: Person, code: str) -> None:
    person.press(person.at("main button[form='approve']"), to="/verifications/*")


def fetch_minutes(person: Person, code: str, folder: Path) -> Path:
    person.visit(f"/verifications/{code}/")
    link = person.sees(f"main a[href='/verifications/{code}/minutes/']")
    return person.fetch(link, folder / "berita-acara-verifikasi.pdf")


# --- The new provider ----------------------------------------------------------------------------


def see_what_is_asked(person: Person) -> None:
    person.visit("/application/")
    assert NOTE in person.at("main").inner_text()
    person.look("application-returned")


def sign_in(person: Person, user_id: str) -> None:
    """For the first time as a provider, by User ID and password."""
    person.context.clear_cookies()
    person.visit("/accounts/login/")
    person.write(person.named("login"), user_id)
    person.write(person.named("password"), PASSWORD)
    person.press(person.at("main form[action='/accounts/login/'] button[type=submit]").first)
    person.page.wait_for_url("**/home/")
    person.look("home-new-provider")


def _write(person: Person, values: dict[str, str]) -> None:
    for name, text in values.items():
        person.write(person.named(name), text)


def _link(mail: str, path: str) -> str:
    found = re.search(rf"https?://\S*{re.escape(path)}\S+", mail)
    assert found, f"no link to {path} in the mail"
    return found[0]
