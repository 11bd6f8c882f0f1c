#!/bin/bash
# The checks of lab 05 as a person would script them: one docker command (or curl) for each assertion.
# Prints one line per assertion; exits 1 at the end when one of them failed.
failed=0
is() {
    if [ "$2" = "$3" ]; then echo "ok       $1"; else echo "not yet  $1: expected $2, found $3"; failed=1; fi
}
has() {
    case $3 in *"$2"*) echo "ok       $1" ;; *) echo "not yet  $1: $2 is missing"; failed=1 ;; esac
}
of() { docker container inspect --format "$2" "slipway-harbour-$1-1" 2>&1; }

is "web runs" running "$(of web '{{.State.Status}}')"
is "cache runs" running "$(of cache '{{.State.Status}}')"
is "database is healthy" healthy "$(of database '{{.State.Health.Status}}')"
has "its health check asks the server" pg_isready "$(of database '{{json .Config.Healthcheck.Test}}')"
has "web waits for it" database:service_healthy "$(of web '{{index .Config.Labels "com.docker.compose.depends_on"}}')"
has "publishes 8080" '"HostPort":"8080"' "$(of web '{{json .NetworkSettings.Ports}}')"
has "answers" '"database"' "$(curl --silent --max-time 4 http://localhost:8080/)"
has "the database holds visits" t "$(docker exec slipway-harbour-database-1 psql -XAtq -U harbour -c 'SELECT count(*) > 0 FROM visits')"
is "the cache counts them" ok "$([ "$(docker exec slipway-harbour-cache-1 redis-cli --raw GET visits)" -gt 0 ] && echo ok)"
has "the data lie in a volume" '"Type":"volume"' "$(of database '{{json .Mounts}}')"
exit $failed
