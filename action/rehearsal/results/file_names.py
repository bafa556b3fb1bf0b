"""The names of the evidence folder, and of the files and folders in it."""

# Folders of a run: one is kept, one is private and removed at the end.
EVIDENCE = "evidence"
STAGING = "staging"

# Logs.
BUILD_LOG = "build.log"
CONTAINER_LOG = "container.log"
SETUP_LOG = "setup.log"
TEST_SETUP_LOG = "test-setup.log"
ASKED_AGAIN_LOG = "asked-again.log"
TEST_LOG = "tests/output.log"
BEFORE_LOG = "before.log"
# The index of a log is beside it, and says when each piece came.
INDEX_SUFFIX = ".index"
CONTAINER_LOG_INDEX = f"{CONTAINER_LOG}{INDEX_SUFFIX}"

# Reports.
VERDICT_FILE = "verdict.json"
SUMMARY_FILE = "summary.md"
PAGE_FILE = "index.html"
FACTS_FILE = "facts.json"
CONTAINER_STATE = "container.json"

# Folders: one for each failed test, the JUnit XML files, and, after a merge, one for each shard.
TESTS_FOLDER = "tests"
JUNIT_FOLDER = "tests/junit"
# Folders with a log and a state for each service and each worker.
SERVICES_FOLDER = "services"
WORKERS_FOLDER = "workers"
# The logs of the containers that the audit starts.
AUDIT_FOLDER = "audit"
SHARDS_FOLDER = "shards"
