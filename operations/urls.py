from django.urls import path

from operations.views import holiday, home, public

urlpatterns = [
    path("", public.front, name="front"),
    path("home/", home.home, name="home"),
    path("health/", public.health, name="health"),
    path("holidays/", holiday.holidays, name="holidays"),
    path("holidays/add/", holiday.holiday_add, name="holiday_add"),
    path("holidays/<int:pk>/remove/", holiday.holiday_remove, name="holiday_remove"),
]
