from lpse.mail.outbox import notify

__all__ = ["notify"]
