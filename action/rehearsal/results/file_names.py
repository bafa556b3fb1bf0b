"""The names of the files in an evidence folder."""

# Logs.
BUILD_LOG = "build.log"
CONTAINER_LOG = "container.log"
SETUP_LOG = "setup.log"
TEST_SETUP_LOG = "test-setup.log"
TEST_LOG = "tests/output.log"
# Beside a log: when each piece of it came.
INDEX_SUFFIX = ".index"

# Reports.
VERDICT = "verdict.json"
SUMMARY = "summary.md"
PAGE = "index.html"
FACTS = "facts.json"
CONTAINER_STATE = "container.json"

# Folders: one for each failed test, the JUnit XML files, and, after a merge, one for each shard.
TESTS = "tests"
JUNIT = "tests/junit"
SHARDS = "shards"
