from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.navigation import Area, Entry
from registration import (  # each adds its own
    navigation_application,  # noqa: F401
    navigation_house,  # noqa: F401
    navigation_verification,  # noqa: F401
)

navigation.add(Area.ACCOUNT, Entry(_("My account"), "account", icon="user", order=20))
navigation.add(
    Area.OFFICER,
    Entry(
        _("Users and offices"),
        "users",
        icon="people",
        order=60,
        shown=lambda user: user.has_perm("registration.view_users"),
    ),
)
