"""Django's settings, derived from ours. Nothing is configured here that ``designchord.settings`` does not decide."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Any

from designchord.addresses import database_of
from designchord.errors import SettingsError
from designchord.home import complaint, kept_secret
from designchord.settings import SECRET_KEY_CHARS, Settings

DESIGNCHORD = Settings.from_environ()


def fingerprint(folder: Path) -> str:
    """Twelve digits that change with any file below a folder."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings of the database that a URL names."""
    database = database_of(url)
    if database.scheme == "sqlite":
        return {
            "ENGINE": "designchord.designs.sqlite",
            "NAME": database.name,
            "OPTIONS": {
                # WAL lets readers and one writer go on together. IMMEDIATE takes the write lock when a transaction
                # begins, so that nobody fails half-way. NORMAL survives the death of the process; only a power
                # failure can take back the last commits. What is deleted is overwritten, not only let go.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                    "PRAGMA mmap_size=67108864; PRAGMA cache_size=-512; PRAGMA secure_delete=ON;"
                ),
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database.name,
        "USER": database.user,
        "PASSWORD": database.password,
        "HOST": database.host,
        "PORT": database.port,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            **dict(database.options),
            # Steps wait for models without a connection, so a few serve hundreds of threads. Who gets none in time
            # is told that the database is unavailable; a lease is much longer than that. A pool that tried to
            # reconnect for longer would pause for minutes between two attempts in the end.
            "pool": {"min_size": 1, "max_size": 16, "timeout": 5, "max_idle": 60, "reconnect_timeout": 5},
        },
    }


def _secret_key(settings: Settings) -> str:
    """The given key, or one made once for this home folder and readable by its owner alone."""
    if settings.secret_key:
        return settings.secret_key
    file = settings.home / "secret_key"
    try:
        key = kept_secret(file, lambda: secrets.token_urlsafe(50))
    except OSError as error:
        raise SettingsError(f"DESIGNCHORD_HOME: {complaint(error, settings.home)}") from None
    except UnicodeDecodeError:
        key = ""
    if len(key) < SECRET_KEY_CHARS:
        raise SettingsError(
            f"{file} holds no whole key: put back the one from a backup, or delete the file to have a new one made "
            "(everybody signs in again then)."
        )
    return key


def _context_processors(settings: Settings) -> list[str]:
    """What Django's admin wants to know; our own templates need none."""
    if not settings.accounts:
        return []
    return [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]


SECRET_KEY = _secret_key(DESIGNCHORD)
DEBUG = False
ALLOWED_HOSTS = list(DESIGNCHORD.allowed_hosts) or ["127.0.0.1", "localhost", "[::1]"]
DATABASES = {"default": database_settings(DESIGNCHORD.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "designs.Owner"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "designchord.designs",
    "designchord.web",
]
if DESIGNCHORD.accounts:  # after our own, whose templates come first
    INSTALLED_APPS += ["django.contrib.admin.apps.SimpleAdminConfig", "django.contrib.messages"]
MIDDLEWARE = [
    "designchord.web.security.SecurityHeaders",
    "designchord.api.request_guard.RequestGuard",
    "designchord.web.statics.StaticFiles",
    "django.middleware.common.CommonMiddleware",
]
if DESIGNCHORD.accounts:
    MIDDLEWARE += [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "designchord.api.auth.AuthMiddleware",
        "designchord.api.auth.Csrf",
    ]
ROOT_URLCONF = "designchord.urls"
ASGI_APPLICATION = "designchord.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _context_processors(DESIGNCHORD)},
    }
]
STATIC_ROOT = Path(__file__).parent / "web" / "static"
#: Scripts refer to each other by relative paths, so a hash of all of them in front makes every address one for good.
STATIC_URL = f"/static/{fingerprint(STATIC_ROOT)}/"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
FORMAT_MODULE_PATH = "designchord.web.formats"
APPEND_SLASH = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}}]
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:start"
LOGOUT_REDIRECT_URL = "web:sign-in"
PASSWORD_RESET_TIMEOUT = 86_400
SESSION_COOKIE_NAME = "designchord_session"
SESSION_COOKIE_AGE = 14 * 86_400
CSRF_COOKIE_NAME = "designchord_csrf"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token themselves
CSRF_FAILURE_VIEW = "designchord.api.auth.show_csrf_failure"
# A proxy that speaks TLS for us changes the scheme, and Origin with it.
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in DESIGNCHORD.allowed_hosts if "*" not in host]
if DESIGNCHORD.https == "proxy":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers take such a name from this host alone, so that no neighbour under the same domain plants a session.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"__Host-{SESSION_COOKIE_NAME}", f"__Host-{CSRF_COOKIE_NAME}"
    SECURE_HSTS_SECONDS = 365 * 86_400
    SECURE_REFERRER_POLICY = None  # our own headers say it
    MIDDLEWARE.insert(1, "django.middleware.security.SecurityMiddleware")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
LOGGING_CONFIG = None
