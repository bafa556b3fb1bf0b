"""What to do about the messages of Django's `check --deploy`, by their ids."""

BEHIND_TLS = (
    "It needs TLS in front of the app. Where TLS is, as for example behind an environment "
    "variable that production sets: {setting}. Where the rehearsal has none, waive it by its id, "
    "with this reason."
)
_TLS_SETTINGS = {
    "W004": "SECURE_HSTS_SECONDS = 3600 first, 31536000 (a year) once all pages work with https",
    "W005": "SECURE_HSTS_INCLUDE_SUBDOMAINS = True, if all subdomains have https; where they do "
    'not: SILENCED_SYSTEM_CHECKS = ["security.W005"]',
    "W008": "SECURE_SSL_REDIRECT = True, and if a proxy ends TLS: SECURE_PROXY_SSL_HEADER = "
    '("HTTP_X_FORWARDED_PROTO", "https"), as long as that proxy always sets this header itself',
    "W010": "SESSION_COOKIE_SECURE = True",
    "W011": "SESSION_COOKIE_SECURE = True",
    "W012": "SESSION_COOKIE_SECURE = True",
    "W016": "CSRF_COOKIE_SECURE = True",
    "W021": "SECURE_HSTS_PRELOAD = True, if the domain is to be on the browsers' list; if not: "
    'SILENCED_SYSTEM_CHECKS = ["security.W021"]',
}
_SETTINGS = {
    "W001": 'Put "django.middleware.security.SecurityMiddleware" first in MIDDLEWARE.',
    "W002": 'Add "django.middleware.clickjacking.XFrameOptionsMiddleware" to MIDDLEWARE.',
    "W003": 'Add "django.middleware.csrf.CsrfViewMiddleware" to MIDDLEWARE.',
    "W006": "Leave SECURE_CONTENT_TYPE_NOSNIFF at its default, True.",
    "W009": "Read SECRET_KEY from the environment, and let each rehearsal generate one: the input "
    "generate-secrets makes values that are long enough.",
    "W013": "Leave SESSION_COOKIE_HTTPONLY at its default, True.",
    "W014": "Leave SESSION_COOKIE_HTTPONLY at its default, True.",
    "W015": "Leave SESSION_COOKIE_HTTPONLY at its default, True.",
    "W018": "Let production set DEBUG = False, from the environment.",
    "W019": 'X_FRAME_OPTIONS = "DENY", or "SAMEORIGIN" and a waiver if the site frames its pages.',
    "W020": "Read ALLOWED_HOSTS from the environment.",
    "W022": 'SECURE_REFERRER_POLICY = "same-origin", which is its default.',
    "W025": "Each key in SECRET_KEY_FALLBACKS has to be as long and random as SECRET_KEY.",
}
HINTS = _SETTINGS | {
    id_: BEHIND_TLS.format(setting=setting) for id_, setting in _TLS_SETTINGS.items()
}
