#!/bin/sh
# Waits until the other end of standard input closes: whoever started us is done with the browser,
# or is gone, however it ended (SIGKILL too). Then ends driver and browser and removes the folder $1.
read -r _
read -r group <"$1/group" && kill -s KILL -- "-$group"
# Files may still appear while the last processes of the group end.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf -- "$1" && exit
  sleep 0.05
done
