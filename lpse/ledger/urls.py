from django.urls import path, register_converter

from lpse.ledger import views


class Sha256Converter:
    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256Converter, "sha256")

urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("checkpoint", views.ledger_checkpoint, name="ledger_checkpoint"),
    path("tile/<path:tile>", views.ledger_tile, name="ledger_tile"),
    path("proof/<sha256:log_entry>.tlog-proof", views.ledger_proof, name="ledger_proof"),
    path("<int:number>/checkpoint", views.ledger_checkpoint, name="older_checkpoint"),
    path("<int:number>/tile/<path:tile>", views.ledger_tile, name="older_tile"),
]
