"""Nothing is imported once the tests have begun: they may have changed the helper's own files.

Only what is in memory is known to be ours. It is also all that is left when a disk is full or the
checkout was removed.
"""

import signal
import subprocess
import sys

import pytest

from .test_cli import ACTION, Job, job, wait_until

__all__ = ["job"]  # The fixture, for the tests here.

# Runs the action as `python3 -I action` does, and writes the name of each module that is imported
# while the file BEGUN exists.
WATCHED = """
import os, runpy, sys
begun, names = sys.argv[1:3]
sys.argv = sys.argv[3:]
def watch(event, arguments):
    if event == "import" and os.path.exists(begun):
        with open(names, "a") as file:
            print(arguments[0], file=file)
sys.addaudithook(watch)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
TRACEBACK = """cat <<'END'
Traceback (most recent call last):
  File "/app/test_x.py", line 3, in test_a
    import nothing
ModuleNotFoundError: No module named 'nothing'
FAILED test_x.py::T::test_a
1 failed, 2 passed in 0.3s
END
"""
REPORT = (
    "<testsuite><testcase name='test_a' classname='T' file='test_x.py'>"
    "<failure message='x'>ModuleNotFoundError: No module named 'nothing'</failure></testcase>"
    "</testsuite>"
)
LAPTOP = "failed, on a laptop"
# For each ending: what the tests do, flags, and the exit code.
ENDINGS = {
    "passed": ("echo Ran 2 tests in 1s; echo OK", (), 0),
    "failed": (f"{TRACEBACK}false", (), 13),
    LAPTOP: (f"{TRACEBACK}false", ("--no-workflow",), 13),
    "failed, with a report": (f'echo "{REPORT}" >r.xml; false', ("--test-reports", "r.xml"), 13),
    "timed out": ("sleep 60", ("--test-timeout", "1"), 17),
    "cancelled": ("sleep 60", (), 18),
    "the app ended": ("touch $STATE/die; curl -s $TEST_SERVER; sleep 60", (), 11),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_rehearse__imports_nothing_once_the_tests_run(job: Job, ending: str) -> None:
    script, flags, code = ENDINGS[ending]
    begun, names = job.folder / "begun", job.folder / "names"
    script = f"touch {begun}; STATE={job.docker.state}; {script}"
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", WATCHED, begun, names, ACTION, "rehearse",
         "--evidence", "always", "--test-command", script, *flags],
        cwd=job.project, env=job.environ if ending == LAPTOP else job.github,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        if ending == "cancelled":
            wait_until(begun.exists, seconds=60)
            process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=120)[0].decode()
    finally:
        process.kill()
    assert process.returncode == code, log
    assert begun.exists(), log
    assert not names.exists(), names.read_text()
