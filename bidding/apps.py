from django.apps import AppConfig


class BiddingConfig(AppConfig):
    name = "bidding"

    def ready(self) -> None:
        import bidding.receivers  # noqa: F401 - it registers what it hears
        from bidding.domain.bid import BID
        from bidding.models import Bid

        BID.enforce_in_database(Bid)
