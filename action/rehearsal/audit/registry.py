"""All checks, in the order in which reports list them."""

from collections.abc import Mapping

from rehearsal.audit.check import Check
from rehearsal.audit.checks.connections import graceful_stop, idle_connection
from rehearsal.audit.checks.django import deploy_check, migrations
from rehearsal.audit.checks.error_pages import debug, error_pages
from rehearsal.audit.checks.headers import headers
from rehearsal.audit.checks.health import healthcheck
from rehearsal.audit.checks.hosts import host_check, logging
from rehearsal.audit.checks.image import secret_in_image, stray_files
from rehearsal.audit.checks.packages import pinned
from rehearsal.audit.checks.processes import dev_server, non_root
from rehearsal.audit.checks.starts import confined, read_only, restart, secret_required
from rehearsal.audit.checks.static_caching import static_caching
from rehearsal.audit.checks.static_files import static_files

CHECKS: tuple[Check, ...] = (
    dev_server,
    debug,
    host_check,
    logging,
    static_files,
    static_caching,
    secret_required,
    secret_in_image,
    stray_files,
    non_root,
    confined,
    read_only,
    graceful_stop,
    idle_connection,
    restart,
    headers,
    error_pages,
    healthcheck,
    deploy_check,
    migrations,
    pinned,
)
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}
