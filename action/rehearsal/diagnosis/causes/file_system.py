"""Causes of an app that may not write a file, or not listen on a port."""

from rehearsal.diagnosis.causes.startup import VISIBLE_FROM_OUTSIDE
from rehearsal.diagnosis.facts import FILE_ERROR
from rehearsal.diagnosis.file_errors import DENIED_WORDS, READ_ONLY_WORDS, WRITE_LOGS
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.verdict import Verdict

FILE_VERDICTS = (
    Verdict.SETUP_FAILED,
    Verdict.CRASHED,
    Verdict.NOT_READY,
    Verdict.TESTS_FAILED,
)
FILE = Pattern(FILE_ERROR, r"^path (?P<path>.+)\nfolder (?P<folder>.+)", shown=False)
USER = Pattern("container", r"^user (?P<user>\S+)")
# The line in the Dockerfile after which a folder can be made.
AFTER = r"^after (?P<dockerfile>.+):(?P<line>\d+)$"

FILE_SYSTEM = (
    Cause(
        id="privileged-port",
        verdicts=(Verdict.CRASHED, Verdict.NOT_READY),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"listen EACCES: permission denied \S*?:(?P<port>\d+)$",
                r"connection to \('[^']*', (?P<port>\d+)\) failed: \[Errno 13\]",
                r"bind on address \('[^']*', (?P<port>\d+).*\): permission denied",
                r"listen \w+ \S*?:(?P<port>\d+): bind: permission denied",
                r"bind\(\) to \S*?:(?P<port>\d+) failed \(13: ",
                r"\bbind\b.*\n(?:[ \t~^]+\n)*PermissionError: \[Errno 13\] Permission denied$",
            ),
        ),
        details=(USER,),
        title="The app's user ({user|unknown}) may not listen on port {port|below 1024}",
        hint="Ports below 1024 belong to root. Let the app listen on a port above, such as 8888, "
        "and set the input port to it.",
    ),
    Cause(
        id="read-only-files",
        verdicts=FILE_VERDICTS,
        patterns=(FILE, Pattern(WRITE_LOGS, *READ_ONLY_WORDS)),
        unless=VISIBLE_FROM_OUTSIDE,
        title="The app writes {path}, and its file system is read-only",
        hint="With --read-only in run-options, only volumes and tmpfs can be written. A tmpfs "
        "there would hide the app's own files: let it write in a folder of its own, and give it "
        "that with --tmpfs=FOLDER.",
        variants=(
            Variant(
                pattern=Pattern(FILE_ERROR, r"^mount read-only (?P<mount>.+)$"),
                title="The app writes {path}, and what is mounted at {mount} is read-only",
                hint="Remove :ro from it in the input volumes (or in run-options), or let the app "
                "write elsewhere.",
            ),
            Variant(
                pattern=Pattern(
                    FILE_ERROR, r"\A(?!(?:.*\n)*(?:code |system /(?:etc|usr|root|proc|sys|dev)\b))"
                ),
                hint="With --read-only in run-options, only volumes and tmpfs can be written. Give "
                "the app a tmpfs if what it writes there may be lost, else a volume.",
                paste=in_step("run-options", "--tmpfs={folder}"),
            ),
        ),
    ),
    Cause(
        id="permission-denied",
        verdicts=FILE_VERDICTS,
        patterns=(FILE, Pattern(WRITE_LOGS, *DENIED_WORDS)),
        unless=VISIBLE_FROM_OUTSIDE,
        details=(USER,),
        title="The app runs as the user {user|of the image}, who has no permission for {path}",
        hint="Make the folder in the Dockerfile before USER, and give it to that user.",
        variants=(
            Variant(
                pattern=Pattern(FILE_ERROR, r"^code /$"),
                hint="Let the app write in a folder of its own. Make that in the Dockerfile before "
                "USER, and give it to that user.",
            ),
            Variant(
                pattern=Pattern(FILE_ERROR, r"^mount bind (?P<mount>.+)$"),
                hint="{mount} is a folder of the host. Change its owner there to the number of "
                "that user: chown -R {user|1000} FOLDER, in a step before this one.",
            ),
            Variant(
                pattern=Pattern(FILE_ERROR, r"^reads$"),
                hint="The app reads it. Give that user a copy to read, in the Dockerfile: COPY "
                "--chown={user|app}, for example. The folders above it must be open to that user, "
                "too.",
            ),
            Variant(
                pattern=Pattern(FILE_ERROR, r"^system (?P<system>.+)$"),
                hint="{system} is not that user's. Let the app use a file in a folder of its own. "
                "Make that in the Dockerfile before USER, and give it to that user.",
            ),
            Variant(
                pattern=Pattern(FILE_ERROR, rf"^mount volume (?P<mount>.+)\n(?:.*\n)*?{AFTER}"),
                hint="{mount} is a volume. A new one gets the owner that the folder has in the "
                "image: make the folder there, before USER. (An old volume keeps its owner.)",
                paste="# in {dockerfile}, after line {line}, add:\n"
                "RUN mkdir -p {mount} && chown {user|app} {mount}",
            ),
            Variant(
                pattern=Pattern(FILE_ERROR, AFTER),
                paste="# in {dockerfile}, after line {line}, add:\n"
                "RUN mkdir -p {folder} && chown {user|app} {folder}",
            ),
        ),
    ),
)
