#!/bin/sh
# nginx: prepares the configuration with what lies in /docker-entrypoint.d, then becomes the command.
set -eu

note() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*"; }

if [ "${1:-}" = nginx ] || [ "${1:-}" = nginx-debug ]; then
    for script in /docker-entrypoint.d/*; do
        case "$script" in
            *.envsh)
                if [ -x "$script" ]; then note "Sourcing $script"; . "$script"; else note "Ignoring $script, not executable"; fi
                ;;
            *.sh)
                if [ -x "$script" ]; then note "Launching $script"; "$script"; else note "Ignoring $script, not executable"; fi
                ;;
            *) note "Ignoring $script" ;;
        esac
    done
    note "Configuration complete; ready for start up"
fi
exec "$@"
