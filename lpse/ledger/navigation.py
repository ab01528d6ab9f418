from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.navigation import Area, Entry

navigation.add(Area.FOOTER, Entry(_("Ledger"), "ledger", order=40))
