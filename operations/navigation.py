from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.calendar.domain import CHANGE
from lpse.navigation import Area, Entry

navigation.add(
    Area.OFFICER,
    Entry(_("Home"), "home", icon="home", order=10),
    Entry(
        _("Holidays"),
        "holidays",
        icon="calendar",
        order=70,
        shown=lambda user: user.has_perm(CHANGE),
    ),
)
navigation.add(Area.FOOTER, Entry(_("Holidays"), "holidays", order=35))
navigation.add(Area.PROVIDER, Entry(_("Home"), "home", icon="home", order=10))
