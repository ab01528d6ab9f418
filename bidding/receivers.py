"""What is heard from below: procurement asks who follows a tender, and only bidding knows."""

from __future__ import annotations

from django.db.models import QuerySet

from procurement.domain import notice
from procurement.models import Tender
from registration.models import User


@notice.audience
def participants(tender: Tender) -> QuerySet[User]:
    """The officers of every firm that joined: they hear of each change, whoever they are."""
    return User.objects.filter(
        officer_of__left_at=None, officer_of__provider__participations__tender=tender
    ).distinct()
