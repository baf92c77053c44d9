from django.apps import AppConfig


class DrawsConfig(AppConfig):
    name = "mingcha.flow.draws"
