#!/bin/bash
# The checks of lab 01 as a person would script them: one docker command (or curl) for each assertion.
# Prints one line per assertion; exits 1 at the end when one of them failed.
failed=0
is() {
    if [ "$2" = "$3" ]; then echo "ok       $1"; else echo "not yet  $1: expected $2, found $3"; failed=1; fi
}
has() {
    case $3 in *"$2"*) echo "ok       $1" ;; *) echo "not yet  $1: $2 is missing"; failed=1 ;; esac
}
image() { docker image inspect --format "$1" my-python-app 2>&1; }
app() { docker container inspect --format "$1" my-running-app 2>&1; }
stopped() { docker container inspect --format "$1" my-stopped-app 2>&1; }

has "image exists" sha256 "$(image '{{.Id}}')"
is "works in /app" /app "$(image '{{.Config.WorkingDir}}')"
has "exposes 5000" 5000/tcp "$(image '{{json .Config.ExposedPorts}}')"
has "says what to run" app.py "$(image '{{json .Config.Cmd}}')"
is "runs" running "$(app '{{.State.Status}}')"
is "runs the image of that name" "$(image '{{.Id}}')" "$(app '{{.Image}}')"
has "publishes 5000" '"HostPort":"5000"' "$(app '{{json .NetworkSettings.Ports}}')"
has "answers" "Hello from Docker!" "$(curl --silent --max-time 3 http://localhost:5000/)"
has "was asked from outside" /hello/outside "$(docker logs my-running-app 2>&1)"
has "was asked from inside" /hello/inside "$(docker logs my-running-app 2>&1)"
is "was stopped once" true "$(app '{{ne (slice .State.FinishedAt 0 4) "0001"}}')"
is "the other has ended" exited "$(stopped '{{.State.Status}}')"
has "and not by force" ok "$(stopped '{{if ne .State.ExitCode 137}}ok{{end}}')"
exit $failed
