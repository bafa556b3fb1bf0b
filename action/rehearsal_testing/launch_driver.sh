#!/bin/sh
# Writes the number of its process group for cleanup.sh, then becomes the driver. The caller makes
# it the leader of a session, so that driver and browser share the process group $$. If the folder
# is gone, cleanup.sh has already run: then no driver may start.
echo "$$" >"$REHEARSAL_FOLDER/group" || exit 1
exec "$REHEARSAL_DRIVER" "$@"
