from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "mingcha.ground.rulebook"
