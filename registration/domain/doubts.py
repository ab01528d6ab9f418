"""What the machine finds odd about an application, for a verifier to look into (P22(2)).

A doubt decides nothing: a number may be old, a director may have two firms, and two firms may be
called alike. The verifier looks, and sets it aside with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from lpse.sealing import jcs
from registration import identity_numbers
from registration.models import (
    OPEN_STATES,
    Application,
    Doubt,
    Provider,
    Sanction,
    User,
)

# Of the trigrams of both names: "CV Maju Contoh" and "PT Maju Contoh" share seven in ten, names
# that have but one word and PT in common five.
CLOSE = 0.6
MOST_OF_A_SUBJECT = 135  # a space and a digest stand beside it in Override.about
COMPARED = ("name", "responsible_name", "npwp", "responsible_nik")
Found = tuple[Doubt, str, str]


def doubts(application: Application) -> list[Found]:
    """Every doubt with what it is about, so that other data are doubted afresh.

    The number of queries does not grow with what is found.
    """
    return [
        *_numbers(application),
        *_twice(application),
        *_email(application),
        *_blacklist(application),
    ]


def _numbers(application: Application) -> Iterator[Found]:
    npwp, nik = application.npwp, application.responsible_nik
    if npwp and not identity_numbers.npwp_fits(npwp):
        yield Doubt.NPWP_CHECK_DIGIT, npwp, str(Doubt.NPWP_CHECK_DIGIT.label)
    if nik and not identity_numbers.nik_fits(nik):
        yield Doubt.NIK_FORM, nik, str(Doubt.NIK_FORM.label)


def _twice(application: Application) -> Iterator[Found]:
    npwp, nik = application.npwp, application.responsible_nik
    spellings = identity_numbers.same_npwp(npwp) if npwp else ()
    asked = Q(npwp__in=spellings) | (Q(responsible_nik=nik) if nik else Q(pk__in=[]))
    others: list[Provider | Application] = [
        *_other_providers(application, asked),
        *_other_applications(application, asked),
    ]
    if same := [other for other in others if other.npwp in spellings]:
        about = _about(application, npwp, same)
        yield Doubt.NPWP_TWICE, about, _naming(_("This NPWP is also that of: %(names)s"), same)
    if same := [other for other in others if nik and other.responsible_nik == nik]:
        about = _about(application, nik, same)
        yield Doubt.NIK_TWICE, about, _naming(_("This NIK is also that of: %(names)s"), same)


def _other_providers(application: Application, asked: Q) -> QuerySet[Provider]:
    return Provider.objects.filter(asked).exclude(applications=application)


def _other_applications(application: Application, asked: Q) -> QuerySet[Application]:
    """Those still open: what was approved is a provider. Those of the same firm are no others.

    Of a deactivated User ID also what is over: its holder may come back with another mailbox.
    """
    gone = Q(applicant__is_active=False) & ~Q(applicant=application.applicant_id)
    counted = Q(state__in=OPEN_STATES) | gone
    others = Application.objects.filter(asked, counted).exclude(pk=application.pk)
    if application.provider_id:
        others = others.exclude(provider=application.provider_id)
    return others


def _email(application: Application) -> Iterator[Found]:
    """An account keeps addresses beside the one it uses; those it has confirmed count."""
    address = application.applicant.email
    confirmed = Q(emailaddress__email__iexact=address, emailaddress__verified=True)
    same = Q(email__iexact=address) | confirmed
    others = set(User.objects.filter(same).exclude(pk=application.applicant_id))
    if names := sorted(other.username for other in others):
        words = _("This e-mail address is also that of: %(names)s")
        about = _about(application, address, others)
        yield Doubt.EMAIL_TWICE, about, words % {"names": ", ".join(names)}


def _blacklist(application: Application) -> Iterator[Found]:
    """By a number, or by a name that is close: of the firm, or of who answers for it."""
    names = [name for name in (application.name, application.responsible_name) if name]
    numbers = {*identity_numbers.same_npwp(application.npwp), application.responsible_nik} - {""}
    asked = Q(npwp__in=numbers)
    listed = Sanction.objects.in_force()
    if names:
        close = [TrigramSimilarity("name", name) for name in names]
        closest = Greatest(*close) if len(close) > 1 else close[0]
        listed = listed.annotate(closeness=closest)
        alike = Q(name__trigram_similar=names[0])  # loosely, by the index
        for name in names[1:]:
            alike |= Q(name__trigram_similar=name)
        asked |= alike & Q(closeness__gte=CLOSE)
    for sanction in listed.filter(asked):
        words = _("On the blacklist until %(until)s: %(name)s, decree %(decree)s") % {
            "until": sanction.until.isoformat(),
            "name": sanction.name,
            "decree": sanction.decree_number,
        }
        listed_as = f"{sanction.decree_number} {sanction.name}"
        yield Doubt.BLACKLISTED, _about(application, listed_as, [sanction]), words


def _about(application: Application, subject: str, others: Iterable[Model]) -> str:
    """Names what was compared with whom: who sets a doubt aside has seen these and no others."""
    compared = {
        "own": {name: getattr(application, name) for name in COMPARED},
        "others": sorted(f"{other._meta.label}:{other.pk}" for other in others),
    }
    return f"{subject[:MOST_OF_A_SUBJECT]} {jcs.digest(compared)}"


def _naming(words: str, others: Iterable[Provider | Application]) -> str:
    return words % {"names": ", ".join(sorted(f"{o.name or '—'} ({o.code})" for o in others))}
