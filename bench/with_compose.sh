#!/usr/bin/env bash
# What a workflow does with compose: build, migrate, start, wait, test, keep the logs, stop.
#
# usage: with_compose.sh PORT    (beside a compose.yaml; COMPOSE is `docker compose`, PYTHON_IMAGE is set)
set -euo pipefail
export PORT=$1 COMPOSE_PROJECT_NAME=bench-$1
read -ra compose <<<"$COMPOSE"
trap '"${compose[@]}" down --volumes >/dev/null 2>&1' EXIT
"${compose[@]}" build web
# It waits until Postgres and Redis are healthy.
"${compose[@]}" run --rm web python manage.py migrate
"${compose[@]}" up --detach web worker
until curl --silent --fail --output /dev/null "http://localhost:$PORT/"; do sleep 1; done
python3 -m venv --clear venv
venv/bin/pip install --quiet --requirement functional_tests/requirements.txt
TEST_SERVER=localhost:$PORT venv/bin/python -m unittest functional_tests.test_wall
"${compose[@]}" logs >container.log 2>&1
"${compose[@]}" down --volumes
