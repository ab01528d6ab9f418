"""What the machine finds odd about an application, for a verifier to look into (P22(2))."""

from __future__ import annotations

from django.utils.translation import gettext as _

from registration.models import OPEN_STATES, Application, Doubt, Provider


def doubts(application: Application) -> list[tuple[Doubt, str, str]]:
    """Every doubt with what it is about, so that a corrected number is doubted afresh."""
    found = []
    others = Provider.objects.filter(npwp=application.npwp).exclude(applications=application)
    rivals = Application.objects.filter(npwp=application.npwp, state__in=OPEN_STATES)
    if application.npwp and (others.exists() or rivals.exclude(pk=application.pk).exists()):
        words = _("Another provider or application has this NPWP.")
        found.append((Doubt.NPWP_TWICE, application.npwp, words))
    return found
