from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    name = "mingcha.flow.fieldwork"
