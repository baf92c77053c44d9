from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "mingcha.flow.referrals"
