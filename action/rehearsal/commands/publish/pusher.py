"""Write the image to one reference: by a push, or by a tag for a manifest that is there."""

import re

from rehearsal.commands.publish.local_tags import LocalTags
from rehearsal.commands.publish.mismatch import MOVED_HINT, Written
from rehearsal.commands.publish.publication import PublishTarget, TargetState, publish_failed
from rehearsal.commands.publish.registry_errors import find_reason, one_line
from rehearsal.commands.publish.stream_output import stream_output
from rehearsal.commands.publish.verify import Verifier
from rehearsal.dataclass import dataclass
from rehearsal.outside.github import Console
from rehearsal.outside.registry import Registries
from rehearsal.regex import regex

# What the client prints at the end of a push.
PUSHED = regex(r"^\S+: digest: (sha256:[0-9a-f]{64}) size: [0-9]+\s*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Pusher:
    """Pushes and tags with the engine's client; `verifier` says what a registry holds."""

    registries: Registries
    local_tags: LocalTags
    verifier: Verifier
    console: Console

    def retag(self, target: PublishTarget, source: str) -> bool:
        """Tag an existing manifest in the registry; return whether that succeeded."""
        name = target.reference.written
        if not self.registries.engine.buildx:
            return False
        code, output = stream_output(
            f"tag {source} as {name}",
            lambda out: self.registries.retag(source, name, out=out),
            self.console,
        )
        if code:
            self.console.info(f"{name}: pushed instead ({find_reason(output, name).name})")
        return code == 0

    def push(self, target: PublishTarget, image_id: str) -> Written:
        """Tag the image in the engine, push that tag, and return what was written.

        The client pushes what the tag names at that moment, and any program here may move it. So
        the tag is compared before and after. Raises `RehearsalError` (publish-failed).
        """
        name = target.reference.written
        self.local_tags.add_temporary(name)
        if self.local_tags.image_id_of(name) != image_id:
            self.verifier.check_after_failure(target)
            target.state, target.reason = TargetState.REFUSED, "its tag was moved on this machine"
            raise publish_failed(
                f"{name} was not pushed: the tag was moved on this machine at once.", MOVED_HINT
            )
        code, output = stream_output(
            f"push {name}", lambda out: self.registries.push(name, out=out), self.console
        )
        if code == 0:
            digest = PUSHED.search(output)
            return Written(
                digest=digest[1] if digest else "",
                moved=self.local_tags.image_id_of(name) != image_id,
            )
        self.registries.engine.check()
        self.verifier.check_after_failure(target)
        reason = find_reason(output, name)
        target.state, target.reason = TargetState.REFUSED, f"{reason.name}: {one_line(output)}"
        raise publish_failed(f"{name} was not published: {target.reason}", reason.hint)
