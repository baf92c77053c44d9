from django.apps import AppConfig


class HallConfig(AppConfig):
    name = "mingcha.doors.hall"
    label = "hall"
