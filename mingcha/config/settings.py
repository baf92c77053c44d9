"""
Django's settings. What differs between machines comes from the environment, which `mingcha` prepares:

MINGCHA_DATA              the data folder: keys, evidence, what this instance is
MINGCHA_DSN               the embedded database's address, set by whoever attached to it
DATABASE_URL              another PostgreSQL, instead of the embedded one
MINGCHA_NOW               a time at which the clock stands still (the demo)
MINGCHA_HOSTS             the names this server answers to, with commas; by default only this machine's own
MINGCHA_ORIGINS           the addresses forms may come from behind a proxy, with commas (https://…)
MINGCHA_HTTPS             1: cookies travel over https only, the proxy's X-Forwarded-Proto is believed, and browsers are
                          told to come over https alone for a year, which cannot be taken back at once
MINGCHA_CHAT_HOSTS        own servers in place of public chat services, with commas: open.feishu.cn=https://…
MINGCHA_ROADS             a road server on one's own network: osrm:http://…, valhalla:http://… or graphhopper:http://…;
                          without it ways are straight lines with a detour. It learns what is drawn before a team departs
MINGCHA_FACE              all, or public: a process that serves the public tip line alone
MINGCHA_TLS               1, set by `--tls`: this server speaks https itself. Cookies travel over https only; the rest of
                          MINGCHA_HTTPS must be asked for with it, and no proxy is believed
"""

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from mingcha.config.datafolder import DataFolder, read_clock
from mingcha.config.dsn import NOWHERE, database

BASE_DIR = Path(__file__).resolve().parent

# Without a data folder (types, imports, translations being checked) keys last as long as the process.
_data = DataFolder(Path(os.environ["MINGCHA_DATA"])) if "MINGCHA_DATA" in os.environ else None
_now = os.environ.get("MINGCHA_NOW")
_https = os.environ.get("MINGCHA_HTTPS") == "1"
_tls = os.environ.get("MINGCHA_TLS") == "1"


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


SECRET_KEY = _data.secret_key if _data else secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = _list("MINGCHA_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("MINGCHA_ORIGINS")

# Mingcha's own

MINGCHA_NOW = _data.fixed_clock() if _data else read_clock(_now) if _now else None
MINGCHA_DEMO = bool(_data and _data.instance().get("demo"))
MINGCHA_EVIDENCE_DIR = _data.evidence if _data else Path("/nonexistent")
MINGCHA_SEALING_KEY = _data.sealing_key if _data else secrets.token_bytes(32)
MINGCHA_TIPS_DIR = _data.tips if _data else Path("/nonexistent")
MINGCHA_TIPS_PEPPER = _data.tips_pepper if _data else secrets.token_bytes(32)
MINGCHA_TIPS_MARK = _data.tips_mark if _data else secrets.token_bytes(32)
MINGCHA_TIPS_ARGON = "full"  # how hard officers' passphrases are stretched; tests take "light"
MINGCHA_FACE = os.environ.get("MINGCHA_FACE", "all")
MINGCHA_ROADS = os.environ.get("MINGCHA_ROADS", "").strip()
MINGCHA_CHAT_HOSTS = dict(pair.split("=", 1) for pair in _list("MINGCHA_CHAT_HOSTS"))

# The rooms and doors

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "mingcha.ground.audit",
    "mingcha.ground.territory",
    "mingcha.ground.accounts",
    "mingcha.ground.evidence",
    "mingcha.ground.notices",
    "mingcha.ground.rulebook",
    "mingcha.flow.campaigns",
    "mingcha.flow.draws",
    "mingcha.flow.fieldwork",
    "mingcha.flow.findings",
    "mingcha.flow.guidance",
    "mingcha.flow.rectifications",
    "mingcha.flow.referrals",
    "mingcha.flow.reports",
    "mingcha.flow.successions",
    "mingcha.tips",
    "mingcha.doors.hall",
    "mingcha.doors.desk",
    "mingcha.doors.field",
    "mingcha.doors.openrosa",
    "mingcha.doors.portal",
]
AUTH_USER_MODEL = "accounts.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": database(os.environ.get("MINGCHA_DSN") or os.environ.get("DATABASE_URL") or NOWHERE)}

# How a request goes through the house

ROOT_URLCONF = "mingcha.config.urls"
WSGI_APPLICATION = "mingcha.config.wsgi.application"
MIDDLEWARE = [
    "mingcha.doors.hall.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mingcha.doors.hall.middleware.cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mingcha.config.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mingcha.doors.hall.middleware.Legible",
    "mingcha.doors.hall.middleware.Refusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mingcha.doors.hall.context.hall",
            ],
        },
    },
]

# Signing in

LOGIN_URL = "hall:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "hall:sign_in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https or _tls
CSRF_COOKIE_SECURE = _https or _tls
CSRF_COOKIE_SAMESITE = "Lax"
# A year: who has once come over https is not led back to http by anybody in between.
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https and not _tls else None
CSRF_FAILURE_VIEW = "mingcha.doors.hall.errors.csrf_failed"
# Referrer, framing and sniffing are settled in one place for every page: doors/hall/middleware.py.
SECURE_REFERRER_POLICY = None
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
SECURE_CONTENT_TYPE_NOSNIFF = False

# Language and time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Files. Static ones are found in the rooms themselves: a clone serves without a step that collects them.

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Sets up what follows, and keeps the tokens of phones out of every record.
LOGGING_CONFIG = "mingcha.config.scrubbing.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
