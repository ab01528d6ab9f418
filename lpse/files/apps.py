from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "lpse.files"
    label = "files"
