#!/bin/sh
# Stands in for the driver: leaves the number of its process group where cleanup.sh finds it, then
# becomes the driver. The caller makes it leader of a session, so that browser and driver share
# the group $$. Without the folder the watcher has already given up on us: then nothing starts.
echo "$$" >"$REHEARSAL_FOLDER/group" || exit 1
exec "$REHEARSAL_DRIVER" "$@"
