"""A firm's own house: colleagues, invitations, qualification data."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from lpse.files.intake import store
from lpse.files.models import FileKind
from lpse.sealing.digests import sha256
from registration.domain import officer, qualification
from registration.models import (
    Invitation,
    OfficerRight,
    Provider,
    ProviderOfficer,
    QualificationKind,
    QualificationVersion,
    User,
)
from tests.factories.registration import ProviderOfficerFactory, UserFactory

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LICENCE = {
    "type": "Izin usaha jasa konstruksi",
    "number": "CONTOH/001",
    "issuer": "Kabupaten Contoh",
    "classification": "SI003",
}


def a_colleague(firm: Provider, name: str, right: OfficerRight = OfficerRight.BIDDER) -> User:
    """Somebody who acts for ``firm`` already."""
    user = UserFactory(username=name)
    ProviderOfficerFactory(provider=firm, user=user, right=right)
    return user


def place_of(user: User) -> ProviderOfficer:
    return user.officer_of.select_related("provider").get(left_at=None)


def an_invitation(
    by: User,
    *,
    email: str = "baru@contoh.example",
    right: OfficerRight = OfficerRight.BIDDER,
    secret: str = "rahasia",
) -> Invitation:
    """An open one, whose link holds ``secret``."""
    firm = by.provider
    assert firm is not None
    made = officer.invite(firm, email=email, full_name="Baru Contoh", right=right, by=by)
    Invitation.objects.filter(pk=made.pk).update(digest=sha256(secret.encode()))
    made.refresh_from_db()
    return made


def a_document(content: bytes = PDF, name: str = "izin.pdf") -> qualification.Document:
    kinds = [FileKind.PDF, FileKind.JPEG, FileKind.PNG]
    return qualification.Document(store(io.BytesIO(content), max_size=10**7, kinds=kinds), name)


def a_licence(
    by: User, *, until: dt.date | None = None, content: bytes | None = PDF, **more: Any
) -> QualificationVersion:
    firm = by.provider
    assert firm is not None
    return qualification.write(
        firm,
        QualificationKind.LICENCE,
        facts=LICENCE | more.pop("facts", {}),
        valid_until=until,
        document=a_document(content) if content else None,
        by=by,
        **more,
    )
