"""People, units, offices and firms. ``tests.cast`` has the fixed ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from lpse.clock import database_now, office_zone
from registration.models import (
    Agency,
    AgencyKind,
    Assignment,
    Certificate,
    Committee,
    OfficerRight,
    ProcurementUnit,
    Provider,
    ProviderKind,
    ProviderOfficer,
    Role,
    User,
    WorkUnit,
)


def today() -> dt.date:
    return database_now().astimezone(office_zone()).date()


class UserFactory(DjangoModelFactory):
    """A person without a password: say ``password=`` to give one."""

    class Meta:
        model = User
        django_get_or_create = ("username",)

    username = factory.Sequence(lambda n: f"orang{n}")
    full_name = factory.LazyAttribute(lambda user: f"{user.username.capitalize()} Contoh")
    email = factory.LazyAttribute(lambda user: f"{user.username}@contoh.example")

    @classmethod
    def _create(cls, model: type[User], *args: Any, **kwargs: Any) -> User:
        known = model.objects.filter(username=kwargs["username"]).first()
        return known or model.objects.create_user(**kwargs)


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Kabupaten Contoh {n}")
    kind = AgencyKind.REGIONAL


class WorkUnitFactory(DjangoModelFactory):
    class Meta:
        model = WorkUnit
        django_get_or_create = ("agency", "name")

    agency = factory.SubFactory(AgencyFactory)
    name = factory.Sequence(lambda n: f"Dinas {n}")


class ProcurementUnitFactory(DjangoModelFactory):
    class Meta:
        model = ProcurementUnit
        django_get_or_create = ("name",)

    agency = factory.SubFactory(AgencyFactory)
    name = factory.Sequence(lambda n: f"ULP {n}")


class CommitteeFactory(DjangoModelFactory):
    class Meta:
        model = Committee
        django_get_or_create = ("name",)

    unit = factory.SubFactory(ProcurementUnitFactory)
    name = factory.Sequence(lambda n: f"Pokja {n}")


class AssignmentFactory(DjangoModelFactory):
    """An office held since a year ago; a verifier's, where nothing else is said."""

    class Meta:
        model = Assignment

    user = factory.SubFactory(UserFactory)
    role = Role.VERIFIER
    decree_number = factory.Sequence(lambda n: f"CONTOH/SK/{n:03d}")
    since = factory.LazyFunction(lambda: today() - dt.timedelta(days=365))
    decree_date = factory.SelfAttribute("since")

    @factory.lazy_attribute
    def agency(self) -> Agency | None:
        return AgencyFactory() if self.role in {Role.PA, Role.PPK, Role.PP, Role.AGENCY} else None

    @factory.lazy_attribute
    def committee(self) -> Committee | None:
        return CommitteeFactory() if self.role == Role.POKJA else None

    @factory.lazy_attribute
    def until(self) -> dt.date | None:
        return today() + dt.timedelta(days=30) if self.role == Role.AUDITOR else None


class CertificateFactory(DjangoModelFactory):
    """A certificate without an end, issued a year ago."""

    class Meta:
        model = Certificate

    user = factory.SubFactory(UserFactory)
    number = factory.Sequence(lambda n: f"CONTOH/SERTIFIKAT/{n:03d}")
    issuer = "Lembaga Contoh"
    issued_on = factory.LazyFunction(lambda: today() - dt.timedelta(days=365))
    recorded_by = factory.SelfAttribute("user")


class ProviderFactory(DjangoModelFactory):
    class Meta:
        model = Provider
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"firma{n}")
    name = factory.LazyAttribute(lambda firm: f"PT {firm.code.capitalize()} Contoh")
    kind = ProviderKind.COMPANY
    npwp = factory.Sequence(lambda n: f"{n:015}")
    address = "Jalan Contoh 1"
    verified_at = factory.LazyFunction(database_now)


class ProviderOfficerFactory(DjangoModelFactory):
    class Meta:
        model = ProviderOfficer

    provider = factory.SubFactory(ProviderFactory)
    user = factory.SubFactory(UserFactory)
    right = OfficerRight.ADMINISTRATOR
