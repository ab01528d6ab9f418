from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "lpse.mail"
    label = "mail"
