from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "mingcha.doors.field"
