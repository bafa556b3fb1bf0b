"""What libraries and apps print if an environment variable is missing."""

from rehearsal.dataclass import dataclass

NAME = r"[A-Z][A-Z0-9]*_[A-Z0-9_]*"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a library says: the group `name` is the variable; with `each` it holds several.

    `always` is the name where the words hold none. With `fields`, what is named are the fields of
    the class in the group `settings`.
    """

    says: str
    each: str = ""
    always: str = ""
    fields: bool = False


# The words of libraries mean this alone, wherever they are in a log. Each is tested with what the
# library really prints.
LIBRARIES = (
    Words(
        # With the traceback before it, if there is one: its line of the app is evidence.
        says=r"(?:(?:^Traceback \(most recent call last\):\n|\A)(?:[ \t].*\n)*?)?"
        r'^[ \t]*File "(?:<frozen os>|[^"\n]*/os\.py)", line \d+, in __getitem__\n'
        r"(?:    .*\n)*KeyError: '(?P<name>\w+)'"
    ),
    Words(says=r"\b(?P<name>[A-Z][A-Z0-9_]+) is set but empty"),
    Words(says=r"Set the (?P<name>\w+) environment variable"),  # django-environ
    Words(says=r"UndefinedValueError: (?P<name>\w+) not found"),  # python-decouple
    Words(says=r"The (?P<name>SECRET_KEY) setting must not be empty"),  # Django
    Words(says=r'EnvNotSetError: Environment variable "(?P<name>\w+)" not set'),  # environs
    Words(
        says=r"EnvValidationError: Environment variables invalid: (?P<name>\{.*\})",
        each=r"'(\w+)': \['Environment variable not set",
    ),
    Words(says=r"Config '(?P<name>\w+)' is missing, and has no default"),  # starlette
    Words(  # pydantic-settings, and pydantic 1
        says=r'\bpydantic(?:_settings/\w+|/env_settings)\.py", line \d+, in .*\n(?:[ \t].*\n)*'
        r"\S*ValidationError: \d+ validation errors? for (?P<settings>\w+)\n"
        r"(?P<name>(?:\S.*\n  \S.*(?:\n    .*)*\n?)+)",
        each=r"^([\w.]+(?: -> \w+)*)\n  [Ff]ield required [\[(]type=",
        fields=True,
    ),
    Words(  # envalid
        says=r"Missing environment variables:\n(?P<name>(?: +\w+: .*\n?)+)", each=r"^ +(\w+): "
    ),
    Words(  # dotenv-safe
        says=r"are not present in the environment:\n +(?P<name>\w+(?:, \w+)*)", each=r"(\w+)"
    ),
    Words(says=r'env-var: "(?P<name>\w+)" is a required variable'),
    Words(  # zod, alone and in t3-env
        says=r"^(?:.*ZodError|.*Invalid environment variables): \[\n(?P<name>(?:  .*\n)+)\]",
        each=rf"path\"?: \[\s+[\"']({NAME}|[A-Z]+)[\"']\s+\],\s+\"?message\"?: "
        r"[\"'](?:Required|[^\"'\n]*received undefined)",
    ),
    Words(  # znv
        says=r"Errors found while parsing environment:\n(?P<name>(?:  .*\n|\n)+)",
        each=r"\[(\w+)\]:\n +(?:Required|.*received undefined)",
    ),
    Words(says=r"key not found: \"(?P<name>[A-Z][A-Z0-9_]+)\" \(KeyError\)"),  # Ruby
    Words(says=r"KeyError: key not found: \"(?P<name>[A-Z][A-Z0-9_]+)\""),
    Words(says=r"Missing `secret_key_base` for '\w+' environment", always="SECRET_KEY_BASE"),
    Words(says=r"No application encryption key has been specified", always="APP_KEY"),  # Laravel
    Words(says=r"Could not resolve placeholder '(?P<name>[\w.-]+)'"),  # Spring
    Words(says=r"required key (?P<name>\w+) missing value"),  # envconfig, of Go
    Words(says=r"environment variable (?P<name>\w+) is missing\.$"),  # Phoenix
    Words(says=r"Environment variable not found: (?P<name>\w+)\."),  # Prisma
    # sh and bash
    Words(says=r"\b(?P<name>[A-Za-z_]\w*): (?:parameter (?:null or )?not set|unbound variable)"),
)
# In an app's own words, which it uses in warnings too: only its last words count.
OWN_WORDS = (
    Words(
        says=r"(?i:missing|required|undefined|unset)(?: \w+)?(?i: env(?:ironment)?)"
        r"(?i:[ _-]var(?:iable)?s?)?[^\w\n]{1,4}(?P<name>[A-Z]\w*(?:(?:, *| and | )[A-Z]\w*)*)",
        each=r"\b([A-Z][A-Z0-9_]+)\b",
    ),
    Words(
        says=r"(?i:env(?:ironment)?[ _-]var(?:iable)?) [\"'`]?(?P<name>[A-Z][A-Z0-9_]+)[\"'`]?"
        r"(?: is| was| must| has)? ?(?:not|required|missing|undefined|unset|empty|be|set)\b"
    ),
    Words(
        says=rf"(?P<name>[\"'`]?\b(?:process\.env\.)?{NAME}\b.{{0,200}}?"
        r"(?:not set|required|missing|undefined|unset|must be|not (?:defined|found|provided))\b"
        r".{0,500})",
        each=rf"\b({NAME})\b[\"'`]?(?: \w+ variable)?(?: (?:is|are|was|must|has|have)\b|:)",
    ),
    Words(
        says=r"\b(?P<name>[A-Z][A-Z0-9_]+)[\"'`]? (?i:env(?:ironment)? var(?:iable)?) "
        r"(?:is|was|must|has)\b.{0,99}?(?:not|required|missing|undefined|unset|empty|set)\b"
    ),
)
