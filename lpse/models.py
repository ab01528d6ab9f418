"""What every application's models may build upon."""

from __future__ import annotations

import pgtrigger
from django.db import models


class AppendOnly(models.Model):
    """A row that is written once. A trigger refuses UPDATE and DELETE to everybody, and the
    application's database role is granted neither of them, nor TRUNCATE (``lpse.grants``).
    """

    class Meta:
        abstract = True
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
