"""Terms of use: versions, both languages, who else may be a user, who accepted what and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, transaction

from lpse.audit.events import Event
from lpse.audit.models import AuditEntry
from lpse.clock import database_now
from lpse.errors import Refused
from registration.domain import terms as domain
from registration.models import Terms, TermsAcceptance, User
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P10(4)")]


def publish(by: User | None, **facts: Any) -> Terms:
    return domain.publish(
        **{"text_id": "Isi.", "text_en": "Text.", "changes": "Baru.", "by": by, **facts}
    )


@pytest.mark.clause("P22(7)")
def test_a_new_installation_has_terms_that_name_who_else_may_become_a_user() -> None:
    call_command("first_terms", verbosity=0)
    call_command("first_terms", verbosity=0)

    first = Terms.objects.get()
    assert (first.version, first.published_by) == (1, None)
    assert domain.in_force() == first
    assert domain.others(first) == ["PA/KPA", "Pengamat dari LKPP"]
    assert "Pasal 22 ayat (7)" in first.text_id
    assert "Pasal 22(7)" in first.text_en


def test_the_head_publishes_the_next_version_and_the_earlier_stays(cast: Cast) -> None:
    first = publish(None)

    second = publish(cast.lina, text_id="Isi baru.")

    assert (second.version, second.published_by) == (2, cast.lina)
    assert domain.in_force() == second
    assert list(domain.versions()) == [second, first]
    assert AuditEntry.objects.filter(event=Event.TERMS_PUBLISHED).count() == 2


@pytest.mark.parametrize("name", ["wati", "nanda", "oki", "sari", "maju", "stranger"])
def test_nobody_but_the_head_publishes(cast: Cast, name: str) -> None:
    with pytest.raises(PermissionDenied):
        publish(getattr(cast, name))


def test_a_version_to_come_is_public_and_not_in_force_yet(cast: Cast) -> None:
    first = publish(None)
    later = publish(cast.lina, in_force_from=database_now() + dt.timedelta(days=3))

    assert domain.in_force() == first
    assert later in domain.versions()
    with pytest.raises(Refused):
        domain.accept(cast.maju, later)
    with pytest.raises(Refused):
        publish(cast.lina)  # it would come into force before the version before it
    with pytest.raises(Refused):
        publish(cast.lina, in_force_from=database_now() - dt.timedelta(days=1))


def test_it_is_accepted_once_with_time_and_version(cast: Cast) -> None:
    first = publish(None)
    assert domain.owed_by(cast.maju) == first

    accepted = domain.accept(cast.maju, first)
    domain.accept(cast.maju, first)

    assert domain.owed_by(cast.maju) is None
    assert TermsAcceptance.objects.get() == accepted
    entry = AuditEntry.objects.get(event=Event.TERMS_ACCEPTED)
    assert entry.data == {"version": 1}
    assert domain.owed_by(cast.jaya) == first
    publish(cast.lina)
    assert domain.owed_by(cast.maju) is not None


def test_neither_a_version_nor_an_acceptance_can_be_changed(cast: Cast) -> None:
    first = publish(None)
    domain.accept(cast.maju, first)

    for change in (
        lambda: Terms.objects.update(text_id="Lain."),
        lambda: TermsAcceptance.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_only_made_up_people_are_made_to_accept(cast: Cast) -> None:
    publish(None)
    User.objects.filter(pk=cast.maju.pk).update(is_sample=True)

    domain.accept_for([User.objects.get(pk=cast.maju.pk), cast.jaya])

    assert [one.user for one in TermsAcceptance.objects.all()] == [cast.maju]
