from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mingcha.ground.audit"
