from django.apps import AppConfig


class OpenRosaConfig(AppConfig):
    name = "mingcha.doors.openrosa"
