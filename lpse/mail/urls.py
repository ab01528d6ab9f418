from django.urls import path

from lpse.mail import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.inbox_read_all, name="inbox_read_all"),
    path("<uuid:pk>/read/", views.message_read, name="message_read"),
]
