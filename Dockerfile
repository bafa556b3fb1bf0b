# Any Python 3.13 image on Debian will do: --build-arg PYTHON_IMAGE=…
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build

# Two virtual environments: pip works from its own and fills the other, which is shipped without.
RUN python -m venv /pip && python -m venv --without-pip /venv

ENV PATH="/venv/bin:$PATH"

WORKDIR /src
COPY requirements.txt requirements.txt
RUN --mount=type=cache,target=/root/.cache/pip \
    /pip/bin/pip --disable-pip-version-check --python /venv/bin/python install -r requirements.txt

COPY manage.py gunicorn.conf.py ./
COPY superlists superlists

# Before DJANGO_DEBUG_FALSE is set, so that no production variable is needed here.
# --noinput: a folder that is not empty would otherwise ask, and end the build.
RUN python -m compileall -q superlists && python manage.py collectstatic --noinput


FROM ${PYTHON_IMAGE}

# pip has no work in production. Official images have it in /usr/local, Debian's package in /usr:
# the interpreter knows where. The user's number is fixed so that a bind-mounted folder can be given
# to that user from outside (chown 10001).
RUN folders=$(python -c 'import os, site, sys, sysconfig; \
        print(os.path.dirname(sys.executable), sysconfig.get_path("scripts"), *site.getsitepackages())') \
    && for folder in $folders; do rm -rf "$folder"/pip "$folder"/pip[0-9]* "$folder"/pip-*; done \
    && groupadd --gid 10001 nonroot \
    && useradd --uid 10001 --gid nonroot --no-log-init --no-create-home \
        --home-dir /nonexistent --shell /usr/sbin/nologin nonroot \
    && install --directory --owner=nonroot --group=nonroot /data

COPY --from=build /venv /venv
COPY --from=build /src /src

WORKDIR /src
# By number, so that an orchestrator can see from outside that it is not root.
USER 10001:10001

ENV PATH="/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_DEBUG_FALSE=1 \
    DJANGO_DB_PATH=/data/db.sqlite3

EXPOSE 8888

HEALTHCHECK --interval=5s --timeout=4s --start-period=10s --retries=3 \
    CMD ["python", "-m", "superlists.healthcheck"]

# Exec form: gunicorn is process 1 and hears SIGTERM. The rest of its settings: gunicorn.conf.py.
CMD ["gunicorn", "--bind", ":8888", "superlists.wsgi:application"]
