"""
Django's settings of the public face (`mingcha serve --public FOLDER`): the house's, without sessions, without sign-in,
without any key that opens or seals for the desk, and with the pages of a report alone.
"""

import os
from pathlib import Path

from mingcha.config import settings as _house
from mingcha.config.kit import Kit
from mingcha.config.settings import *

_kit = Kit(Path(os.environ["MINGCHA_PUBLIC"]))
_said = _kit.said()

SECRET_KEY = _kit.secret_key
MINGCHA_FACE = "public"
MINGCHA_DEMO = bool(_said.get("demo"))
MINGCHA_TIPS_DIR = Path(_said["tips"])
MINGCHA_TIPS_PEPPER = _kit.key("tips-pepper")
MINGCHA_TIPS_MARK = _kit.key("tips-mark")
del MINGCHA_SEALING_KEY  # noqa: F821 - one drawn for nothing, but a reader should find none

ROOT_URLCONF = "mingcha.config.public_urls"
_WITHOUT = (
    "mingcha.doors.hall.middleware.cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
_INSTEAD = {"mingcha.doors.hall.middleware.Refusals": "mingcha.doors.portal.faults.Refusals"}
MIDDLEWARE = [_INSTEAD.get(name, name) for name in _house.MIDDLEWARE if name not in _WITHOUT]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "mingcha.doors.hall.context.hall",
            ],
        },
    },
]
