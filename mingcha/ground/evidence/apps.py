from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "mingcha.ground.evidence"
