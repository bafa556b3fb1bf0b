#!/usr/bin/env bash
# What a workflow does without the action: build, run, migrate, wait, test, keep the log, stop.
#
# usage: by_hand.sh PORT    (in a copy of superlists; DJANGO_SECRET_KEY and PYTHON_IMAGE are set)
set -euo pipefail
port=$1 name=by-hand-$1
trap 'docker rm --force --volumes "$name" >/dev/null 2>&1; docker volume rm --force "$name" >/dev/null' EXIT
docker build --build-arg PYTHON_IMAGE --tag by-hand .
docker run --detach --name "$name" --publish "127.0.0.1:$port:8888" --volume "$name:/data" \
    --env DJANGO_SECRET_KEY --env DJANGO_ALLOWED_HOST=localhost by-hand
docker exec "$name" python manage.py migrate --noinput
until curl --silent --fail --output /dev/null "http://localhost:$port/"; do sleep 1; done
python3 -m venv --clear venv
venv/bin/pip install --quiet --requirement requirements.txt --requirement functional_tests/requirements.txt
TEST_SERVER=localhost:$port venv/bin/python manage.py test functional_tests
docker logs "$name" >container.log 2>&1
docker stop "$name"
