from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bidding.rules import officer
from lpse import navigation
from lpse.navigation import Area, Entry
from registration.models import User


def _bids_for_a_firm(user: User) -> bool:
    return officer(user) is not None


navigation.add(
    Area.PROVIDER,
    Entry(_("My bids"), "bidding:bids", icon="envelope-sealed", order=20, shown=_bids_for_a_firm),
)
navigation.add(Area.FOOTER, Entry(_("Check a receipt"), "bidding:check_receipt", order=30))
