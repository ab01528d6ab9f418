from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.navigation import Area, Entry

navigation.add(Area.OFFICER, Entry(_("Home"), "home", icon="home", order=10))
navigation.add(Area.PROVIDER, Entry(_("Home"), "home", icon="home", order=10))
