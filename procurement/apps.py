from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "procurement"

    def ready(self) -> None:
        from procurement.domain import separation  # noqa: F401 - it registers a guard
        from procurement.domain.tender import TENDER
        from procurement.models import Tender

        TENDER.enforce_in_database(Tender)
