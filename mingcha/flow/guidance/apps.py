from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    name = "mingcha.flow.guidance"
