#!/bin/sh
# redis:7: options alone start the server; a server started as root becomes user redis.
set -eu

case "${1:-redis-server}" in
    -* | *.conf) set -- redis-server "$@" ;;
esac
server=$(basename "${1:-redis-server}")

# In a container the network is the boundary, so the server answers beyond loopback unless told otherwise.
sets_protected_mode() {
    for argument in "$@"; do
        case "$argument" in
            --protected-mode) return 0 ;;
            *.conf) ! grep -qsi '^[[:space:]]*protected-mode' "$argument" || return 0 ;;
        esac
    done
    return 1
}

if [ "$server" = redis-server ] && [ "${2:-}" != --version ] && [ "${2:-}" != -v ] && [ "${2:-}" != --help ] &&
    [ "${2:-}" != -h ] && ! sets_protected_mode "$@"; then
    set -- "$@" --protected-mode no
fi

if { [ "$server" = redis-server ] || [ "$server" = redis-sentinel ]; } && [ "$(id -u)" = 0 ]; then
    find . ! -user redis -exec chown redis:redis {} +
    export HOME=/data
    set -- setpriv --reuid=redis --regid=redis --clear-groups -- "$@"
fi

# What the server writes is for its user alone, unless the container was given another umask.
[ "$(umask)" != 0022 ] || umask 0077
exec "$@"
