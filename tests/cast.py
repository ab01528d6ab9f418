"""The people of every test, always the same: Sari is PPK, Budi, Rina and Dewi are her Pokja.

``cast.sari`` makes her on first use, with her office; whoever a test does not name is not there.

* Dinas PU of Kabupaten Contoh: ``sari`` (PPK), ``qori`` (PA), ``joko`` (Pejabat Pengadaan).
* Another agency: ``tono`` (PPK). ``umi`` administers the first agency, ``vina`` the other.
* Pokja I: ``budi``, ``rina``, ``dewi``. Pokja II: ``eko``, ``fitri``, ``gilang``, ``hana``,
  ``indra``.
* Firms with one officer of the same name each: ``maju``, ``jaya``, ``karya``, ``sentosa``,
  ``mandiri``, ``abadi``.
* LPSE: ``lina`` (head), ``nanda`` (secretariat), ``oki`` (system), ``wati`` (verifier),
  ``putri`` (service desk). ``agus`` audits, ``ratna`` observes for LKPP.
* ``stranger`` is signed in and holds nothing.
"""

from __future__ import annotations

from typing import Any

from django.test import Client as DjangoClient

from registration import browser
from registration.models import (
    Agency,
    Committee,
    ProcurementUnit,
    Provider,
    Role,
    User,
    WorkUnit,
)
from tests.factories.registration import (
    AgencyFactory,
    AssignmentFactory,
    CertificateFactory,
    CommitteeFactory,
    ProcurementUnitFactory,
    ProviderFactory,
    ProviderOfficerFactory,
    UserFactory,
    WorkUnitFactory,
)

OFFICES = {
    "sari": Role.PPK,
    "tono": Role.PPK,
    "qori": Role.PA,
    "joko": Role.PP,
    "umi": Role.AGENCY,
    "vina": Role.AGENCY,
    "lina": Role.HEAD,
    "nanda": Role.SECRETARIAT,
    "oki": Role.SYSTEM,
    "wati": Role.VERIFIER,
    "putri": Role.DESK,
    "agus": Role.AUDITOR,
    "ratna": Role.OBSERVER,
}
MEMBERS = {
    "satu": ("budi", "rina", "dewi"),
    "dua": ("eko", "fitri", "gilang", "hana", "indra"),
}
FIRMS = ("maju", "jaya", "karya", "sentosa", "mandiri", "abadi")


class Cast:
    """One attribute for each person; a second look gives the same row, asked afresh."""

    def __getattr__(self, name: str) -> User:
        if name in OFFICES:
            return self._officer(name)
        if committee := next((key for key, who in MEMBERS.items() if name in who), None):
            return self._member(name, self.committee(committee))
        if name in FIRMS:
            return self._bidder(name)
        if name == "stranger":
            return UserFactory(username="stranger")
        raise AttributeError(name)

    @property
    def agency(self) -> Agency:
        return AgencyFactory(name="Pemerintah Kabupaten Contoh")

    @property
    def other_agency(self) -> Agency:
        return AgencyFactory(name="Balai Wilayah Sungai Contoh")

    @property
    def work_unit(self) -> WorkUnit:
        return WorkUnitFactory(agency=self.agency, name="Dinas Pekerjaan Umum")

    @property
    def ulp(self) -> ProcurementUnit:
        return ProcurementUnitFactory(agency=self.agency, name="ULP Kabupaten Contoh")

    def committee(self, key: str = "satu") -> Committee:
        return CommitteeFactory(unit=self.ulp, name=f"Pokja {key}")

    def members(self, key: str = "satu") -> list[User]:
        return [getattr(self, name) for name in MEMBERS[key]]

    def provider(self, name: str) -> Provider:
        return ProviderFactory(code=name)

    def _officer(self, name: str) -> User:
        role = OFFICES[name]
        places: dict[str, Any] = {}
        if role in {Role.PPK, Role.PA, Role.PP, Role.AGENCY}:
            elsewhere = name in {"tono", "vina"}
            places["agency"] = self.other_agency if elsewhere else self.agency
        if name == "sari":
            places["work_unit"] = self.work_unit
        return self._with_office(name, role=role, **places)

    def _member(self, name: str, committee: Committee) -> User:
        user = self._with_office(name, role=Role.POKJA, committee=committee)
        if not user.certificates.exists():
            CertificateFactory(user=user)
        return user

    def _with_office(self, name: str, **office: Any) -> User:
        user = UserFactory(username=name)
        if not user.assignments.exists():
            AssignmentFactory(user=user, **office)
        return user

    def _bidder(self, name: str) -> User:
        user = UserFactory(username=name)
        if not user.officer_of.exists():
            ProviderOfficerFactory(user=user, provider=self.provider(name))
        return user


class Client(DjangoClient):
    """Django's, but who is logged in by force has shown the second factor too."""

    def force_login(
        self, user: User, backend: str | None = None, *, second_factor: bool = True
    ) -> None:
        super().force_login(user, backend)
        if second_factor:
            session = self.session
            session[browser.SECOND_FACTOR] = {"user": str(user.pk), "kind": "totp"}
            session.save()
