from django.apps import AppConfig


class RectificationsConfig(AppConfig):
    name = "mingcha.flow.rectifications"
