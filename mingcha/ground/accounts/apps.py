from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mingcha.ground.accounts"
