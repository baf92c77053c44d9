from django.apps import AppConfig


class SuccessionsConfig(AppConfig):
    name = "mingcha.flow.successions"
