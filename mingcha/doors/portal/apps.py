from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mingcha.doors.portal"
