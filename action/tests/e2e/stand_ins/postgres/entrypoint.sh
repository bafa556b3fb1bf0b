#!/bin/bash
# Make the database at the first start, as the official image does it, then become its server.
set -eu

[[ $1 == postgres ]] || exec "$@"
if [[ $(id -u) == 0 ]]; then
    chown postgres "$PGDATA"
    exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
if [[ ! -s $PGDATA/PG_VERSION ]]; then
    method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [[ -z ${POSTGRES_PASSWORD:-} && $method != trust ]]; then
        echo >&2 'Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".'
        exit 1
    fi
    # Not written to the disk at once: what a test loses with its machine, nobody misses.
    initdb --no-sync --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-unused}") \
        --auth-local=trust --auth-host=scram-sha-256
    printf 'host all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
    printf "listen_addresses = '*'\njit = off\n" >>"$PGDATA/postgresql.conf"
    # On its socket alone: whoever waits for the port must not meet the server that is about to go.
    pg_ctl --wait --options="-c listen_addresses='' -p 5432" start
    if [[ $database != postgres ]]; then
        psql --username "$user" --dbname postgres --no-psqlrc --set ON_ERROR_STOP=1 \
            --set name="$database" <<<'CREATE DATABASE :"name" ;'
    fi
    pg_ctl --wait --mode=fast stop
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
fi
exec "$@"
