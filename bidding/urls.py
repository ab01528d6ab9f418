from django.urls import path

from bidding.views import tus

app_name = "bidding"

urlpatterns = [
    path("uploads/<str:code>/<str:envelope>/", tus.uploads, name="uploads"),
    path("uploads/<uuid:upload>/", tus.upload, name="upload"),
]
