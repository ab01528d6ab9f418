"""One settings file, driven by the environment (``.env.example`` lists every name).

Secrets may also come from files: ``SECRET_KEY_FILE``, ``DATABASE_URL_FILE`` and so on.
"""

from __future__ import annotations

import os
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from lpse.conf import celery, logging

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.FileAwareEnv()
if "DATABASE_URL" not in os.environ:
    # `make run` writes down where its servers are: manage.py in a second terminal finds them.
    env.read_env(BASE_DIR / "var" / "environment")

# --- What this office is ---------------------------------------------------------------------
LPSE_NAME = env("LPSE_NAME", default="LPSE Kabupaten Contoh")
LPSE_CODE = env("LPSE_CODE", default="901")  # the three digits that end every tender code
LPSE_TIME_ZONE = env("LPSE_TIME_ZONE", default="Asia/Jakarta")
BASE_URL = env("BASE_URL", default="http://localhost:8000")
SAMPLE_INSTALLATION = env.bool("SAMPLE_INSTALLATION", default=False)

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
STORAGE_URL = env("STORAGE_URL", default=f"file://{VAR_DIR}/storage")
KEY_DIR = Path(env("KEY_DIR", default=str(VAR_DIR / "keys")))

LEDGER_ORIGIN = env("LEDGER_ORIGIN", default="lpse.example/ledger")
LEDGER_INTERVAL_SECONDS = env.int("LEDGER_INTERVAL_SECONDS", default=30)
LEDGER_BATCH = env.int("LEDGER_BATCH", default=8)
LEDGER_WITNESS_URL = env("LEDGER_WITNESS_URL", default="")
LEDGER_WITNESS_KEY = env("LEDGER_WITNESS_KEY", default="")
LEDGER_TSA_URL = env("LEDGER_TSA_URL", default="")

# --- Django ----------------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY")
LOGGING = logging.LOGGING
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",  # its widget templates, for our form renderer
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rules.apps.AutodiscoverRulesConfig",
    "lpse",
    "lpse.audit",
    "lpse.calendar",
    "lpse.ledger",
    "lpse.files",
    "lpse.mail",
    "registration",
    "procurement",
    "bidding",
    "operations",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lpse.middleware.security_headers",
    "lpse.middleware.request_id",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lpse.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "registration.middleware.device_cookie",
    "registration.middleware.shared_computer",
    "registration.middleware.second_factor_required",
    "registration.middleware.terms_accepted",
]
ROOT_URLCONF = "lpse.conf.urls"
WSGI_APPLICATION = "lpse.conf.wsgi.application"
FORM_RENDERER = "lpse.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lpse.templatetags.ui",
                "lpse.templatetags.indonesia",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lpse.context.office",
            ],
        },
    }
]

# --- The database: the application's role owns nothing; the owner migrates --------------------
DATABASES = {
    "default": env.db("DATABASE_URL"),
    "owner": env.db("DATABASE_OWNER_URL", default=env("DATABASE_URL")),
}
for _alias in DATABASES.values():
    _alias["CONN_MAX_AGE"] = 600
    _alias["CONN_HEALTH_CHECKS"] = True
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Accounts --------------------------------------------------------------------------------
AUTH_USER_MODEL = "registration.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "registration.backends.SignIn",
]
# OWASP's small Argon2id: the default costs eight times as much and makes the login rush a wall.
PASSWORD_HASHERS = ["registration.hashers.SmallArgon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "front"
SESSION_ENGINE = "registration.sessions"
# A session opened the day before lives past the deadline.
SESSION_COOKIE_AGE = 60 * 60 * 24 * 3
SESSION_SAVE_EVERY_REQUEST = False

# --- Language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = LPSE_TIME_ZONE

# --- Files and static assets -----------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# esbuild names what it builds by content; whitenoise may serve the source folder directly.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024  # one piece of a resumable upload
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Sealed bids on their way up: said to the bidder before anything is sent -------------------
UPLOAD_LARGEST = env.int("UPLOAD_LARGEST", default=2 * 1024**3)  # bytes of one sealed file
UPLOAD_QUOTA = env.int("UPLOAD_QUOTA", default=3 * UPLOAD_LARGEST)  # bytes of one participant

# --- The scanner for malicious software, where the LPSE has one ---------------------------------
CLAMAV_HOST = env("CLAMAV_HOST", default="")
CLAMAV_PORT = env.int("CLAMAV_PORT", default=3310)

# --- Mail ------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR}/mail")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="lpse@localhost")

# --- Tasks and cache -------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_BEAT_SCHEDULE = celery.CELERY_BEAT_SCHEDULE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

# --- Transport security: on wherever the address is https -------------------------------------
_https = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = False
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- allauth: sign in by User ID, a second factor for offices ---------------------------------
ACCOUNT_ADAPTER = "registration.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # the adapter lets only the one to a former address through
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_FORMS = {
    "login": "registration.forms.sign_in.LoginForm",
    "reauthenticate": "registration.forms.sign_in.ReauthenticateByPasswordForm",
    "change_password": "registration.forms.account.ChangePasswordForm",
    "set_password": "registration.forms.account.SetPasswordForm",
    "reset_password": "registration.forms.account.ResetPasswordForm",
    "reset_password_from_key": "registration.forms.account.ResetPasswordKeyForm",
    "add_email": "registration.forms.account.AddEmailForm",
}
# A limit is a weapon before a deadline. Passwords and codes are limited by
# registration.domain.limits, which lets known devices through; an address is shared by an office.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "signup": None,
    "reset_password": "3/10m/key",
    "reset_password_from_key": None,
    "reauthenticate": None,
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "registration.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "registration.forms.sign_in.AuthenticateForm",
    "reauthenticate": "registration.forms.sign_in.ReauthenticateForm",
    "activate_totp": "registration.forms.account.ActivateTOTPForm",
    "add_webauthn": "registration.forms.account.AddKeyForm",
    "edit_webauthn": "registration.forms.account.EditKeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = BASE_URL.startswith("http://localhost")
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = LPSE_NAME
