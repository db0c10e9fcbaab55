#!/bin/sh
# Creates the cluster if there is none, then becomes the PostgreSQL server.
#
#   POSTGRES_USER      superuser to create        (default: postgres)
#   POSTGRES_PASSWORD  its password               (required on the first start)
#   POSTGRES_DB        database to create         (default: the user's name)
#   PGDATA             where the data is kept
set -eu

POSTGRES_USER="${POSTGRES_USER:-postgres}"
POSTGRES_DB="${POSTGRES_DB:-$POSTGRES_USER}"
: "${PGDATA:=/var/lib/postgresql/data}"
export PGDATA POSTGRES_USER POSTGRES_DB

# The cluster is made in here and moved up when it is whole.  While this
# directory exists without a PG_VERSION beside it, an earlier start was
# interrupted and what it left is thrown away.
UNFINISHED="$PGDATA/.unfinished"

empty_data_directory() {
    find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
}

run_init_scripts() {
    for script in /docker-entrypoint-initdb.d/*; do
        case "$script" in
        *.sql)
            echo "init: $script"
            psql -X -q -v ON_ERROR_STOP=1 --no-password -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$script"
            ;;
        *.sh)
            echo "init: $script"
            bash "$script"
            ;;
        esac
    done
}

create_cluster() {
    if [ -z "${POSTGRES_PASSWORD:-}" ]; then
        echo "error: POSTGRES_PASSWORD must be set to create the database" >&2
        exit 1
    fi
    if [ -d "$UNFINISHED" ]; then
        empty_data_directory
    elif [ -n "$(find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found)" ]; then
        echo "error: $PGDATA is not empty and holds no database" >&2
        exit 1
    fi

    password_file="$(mktemp)"
    trap 'rm -f "$password_file"' EXIT
    printf '%s\n' "$POSTGRES_PASSWORD" > "$password_file"
    initdb --pgdata="$UNFINISHED" --username="$POSTGRES_USER" --pwfile="$password_file" \
        --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256
    rm -f "$password_file"
    trap - EXIT
    echo "host all all all scram-sha-256" >> "$UNFINISHED/pg_hba.conf"
    echo "listen_addresses = '0.0.0.0'" >> "$UNFINISHED/postgresql.conf"

    # No TCP while the scripts run: a health check cannot succeed too early.
    pg_ctl --pgdata="$UNFINISHED" --wait --silent --options="-c listen_addresses=''" start
    trap 'pg_ctl --pgdata="$UNFINISHED" --silent --mode=immediate stop || true' EXIT
    trap 'exit 1' INT TERM
    if [ "$POSTGRES_DB" != postgres ]; then
        createdb --no-password -U "$POSTGRES_USER" --maintenance-db=postgres "$POSTGRES_DB"
    fi
    run_init_scripts
    pg_ctl --pgdata="$UNFINISHED" --wait --silent --mode=fast stop
    trap - EXIT INT TERM

    # PG_VERSION comes last: it is what says that the database is complete.
    find "$UNFINISHED" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$PGDATA" {} +
    mv "$UNFINISHED/PG_VERSION" "$PGDATA/PG_VERSION"
}

# Any other command is run as it is (a shell, psql ...).
if [ "${1:-postgres}" != postgres ]; then
    exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /run/postgresql
    chown postgres:postgres "$PGDATA" /run/postgresql
    chmod 0700 "$PGDATA"
    HOME=/var/lib/postgresql
    export HOME
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    create_cluster
fi
rm -rf "$UNFINISHED"
if [ "$#" -gt 0 ]; then
    shift
fi
exec postgres -D "$PGDATA" "$@"
