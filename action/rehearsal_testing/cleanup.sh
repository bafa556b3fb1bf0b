#!/bin/sh
# Waits until standard input closes: the process that started this one is done with the browser, or
# has ended, even by SIGKILL. Then kills driver and browser and removes the folder $1.
read -r _
read -r group <"$1/group" && kill -s KILL -- "-$group"
# The last processes of the group may still create files while they end.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf -- "$1" && exit
  sleep 0.05
done
