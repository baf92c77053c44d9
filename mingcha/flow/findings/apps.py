from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "mingcha.flow.findings"
