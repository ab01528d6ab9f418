from django.urls import path

from operations.views import home, public

urlpatterns = [
    path("", public.front, name="front"),
    path("home/", home.home, name="home"),
    path("health/", public.health, name="health"),
]
