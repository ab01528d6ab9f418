from lpse.mail.outbox import notify, notify_address

__all__ = ["notify", "notify_address"]
