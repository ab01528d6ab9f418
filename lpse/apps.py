from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class LpseConfig(AppConfig):
    name = "lpse"

    def ready(self) -> None:
        from lpse import grants

        autodiscover_modules("navigation")
        post_migrate.connect(grants.after_migrate, sender=self)
