from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "lpse.ledger"
    label = "ledger"
