#!/usr/bin/env bash
# postgres:15: makes the database cluster on the first start, then becomes the server. Any other command runs as it is.
set -Eeuo pipefail

say() { printf '%s\n' "$*"; }

die() {
    printf 'Error: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}

# from_file NAME [DEFAULT]: sets NAME from itself, from the file that NAME_FILE names, or to the default.
from_file() {
    local name=$1 file="${1}_FILE"
    if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
        die "both $name and $file are set (but are exclusive)"
    fi
    local value=${!name:-${2:-}}
    if [ -n "${!file:-}" ]; then
        value=$(<"${!file}")
    fi
    export "$name"="$value"
    unset "$file"
}

read_variables() {
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER postgres
    from_file POSTGRES_DB "$POSTGRES_USER"
    from_file POSTGRES_INITDB_ARGS
    : "${POSTGRES_HOST_AUTH_METHOD:=}"
}

# The folders exist and belong to whom the server will run as.
make_folders() {
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA" || :
    mkdir -p /var/run/postgresql || :
    chmod 3777 /var/run/postgresql || :
    if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
        mkdir -p "$POSTGRES_INITDB_WALDIR"
        chmod 0700 "$POSTGRES_INITDB_WALDIR"
    fi
    [ "$(id -u)" = 0 ] || return 0
    find "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} \! -user postgres -exec chown postgres {} +
    find /var/run/postgresql \! -user postgres -exec chown postgres {} +
}

require_password() {
    if [ "$POSTGRES_HOST_AUTH_METHOD" = trust ]; then
        say "WARNING: POSTGRES_HOST_AUTH_METHOD is \"trust\": anyone who reaches this port has access to the database," \
            "without a password. Use it for trying things out only." >&2
    elif [ -z "$POSTGRES_PASSWORD" ]; then
        die "Database is uninitialized and superuser password is not specified." \
            "You must specify POSTGRES_PASSWORD to a non-empty value for the" \
            "superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\"." \
            "You may also use \"POSTGRES_HOST_AUTH_METHOD=trust\" to allow all" \
            "connections without a password. This is *not* recommended."
    fi
}

# initdb looks up the name of its user; a uid from `docker run --user` may have none.
borrow_name() {
    if getent passwd "$(id -u)" >/dev/null || [ -n "${NSS_WRAPPER_PASSWD:-}" ]; then
        return
    fi
    local library
    library=$(find /usr/lib -name libnss_wrapper.so -print -quit)
    NSS_WRAPPER_PASSWD=$(mktemp) NSS_WRAPPER_GROUP=$(mktemp)
    export LD_PRELOAD=$library NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
    echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" >"$NSS_WRAPPER_PASSWD"
    echo "postgres:x:$(id -g):" >"$NSS_WRAPPER_GROUP"
}

return_name() {
    case "${LD_PRELOAD:-}" in
        *libnss_wrapper.so)
            rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
            unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
            ;;
    esac
}

make_cluster() {
    borrow_name
    local options=()
    [ -z "${POSTGRES_INITDB_WALDIR:-}" ] || options+=(--waldir "$POSTGRES_INITDB_WALDIR")
    # Quotes inside POSTGRES_INITDB_ARGS count, as in the upstream image.
    eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") "${options[@]}" '"$POSTGRES_INITDB_ARGS"' "$@"'
    return_name
    local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
    printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

# The server as long as it is being filled: reachable through its socket in this container alone.
start_private_server() {
    shift
    PGUSER=${PGUSER:-$POSTGRES_USER} pg_ctl -D "$PGDATA" -w start \
        -o "$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")"
}

stop_private_server() {
    PGUSER=${PGUSER:-postgres} pg_ctl -D "$PGDATA" -m fast -w stop
}

run_sql() {
    PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" \
        ${POSTGRES_DB:+--dbname "$POSTGRES_DB"} "$@"
}

make_database() {
    local exists
    exists=$(POSTGRES_DB='' run_sql --dbname postgres --tuples-only --set db="$POSTGRES_DB" \
        <<<"SELECT 1 FROM pg_database WHERE datname = :'db';")
    [ -n "$exists" ] || POSTGRES_DB='' run_sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
}

run_files() {
    local file
    for file; do
        case "$file" in
            *.sh)
                say "$0: running $file"
                # Sourced where it is not executable, so that it sees the functions and variables here.
                if [ -x "$file" ]; then "$file"; else . "$file"; fi
                ;;
            *.sql) say "$0: running $file"; run_sql -f "$file" ;;
            *.sql.gz) say "$0: running $file"; gunzip -c "$file" | run_sql ;;
            *.sql.xz) say "$0: running $file"; xzcat "$file" | run_sql ;;
            *.sql.zst) say "$0: running $file"; zstd -dc "$file" | run_sql ;;
            *) say "$0: ignoring $file" ;;
        esac
        say
    done
}

first_start() {
    require_password
    make_cluster
    export PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
    start_private_server "$@"
    make_database
    shopt -s nullglob
    run_files /docker-entrypoint-initdb.d/*
    shopt -u nullglob
    stop_private_server
    unset PGPASSWORD
    say "PostgreSQL init process complete; ready for start up."
    say
}

only_asks() {
    local argument
    for argument; do
        case "$argument" in
            -'?' | --help | --describe-config | -V | --version | -C | --check) return 0 ;;
        esac
    done
    return 1
}

main() {
    case "${1:-postgres}" in
        -*) set -- postgres "$@" ;;
    esac
    if [ "${1:-}" = postgres ] && ! only_asks "$@"; then
        read_variables
        make_folders
        if [ "$(id -u)" = 0 ]; then
            export HOME=/var/lib/postgresql
            exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$BASH_SOURCE" "$@"
        fi
        if [ -s "$PGDATA/PG_VERSION" ]; then
            say "PostgreSQL Database directory appears to contain a database; Skipping initialization"
            say
        else
            first_start "$@"
        fi
    fi
    exec "$@"
}

main "$@"
