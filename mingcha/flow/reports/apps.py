from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "mingcha.flow.reports"
