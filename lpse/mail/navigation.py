from django.utils.translation import gettext_lazy as _

from lpse import navigation
from lpse.mail.domain import unread_count
from lpse.navigation import Area, Entry

navigation.add(Area.ACCOUNT, Entry(_("Inbox"), "inbox", icon="bell", order=10, count=unread_count))
