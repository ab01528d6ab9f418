from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "procurement"

    def ready(self) -> None:
        # They register the terms of a blacklist, a guard and a duty.
        from procurement.domain import blacklist, second_factor, separation  # noqa: F401
        from procurement.domain.tender import TENDER
        from procurement.models import Tender

        TENDER.enforce_in_database(Tender)
