from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "lpse.calendar"
    label = "calendar"
