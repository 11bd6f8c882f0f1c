#!/bin/bash
# The checks of lab 11 as a person would script them: one kubectl command for each assertion.
# Prints one line per assertion; exits 1 at the end when one of them failed.
failed=0
is() {
    if [ "$2" = "$3" ]; then echo "ok       $1"; else echo "not yet  $1: expected $2, found $3"; failed=1; fi
}
has() {
    case $3 in *"$2"*) echo "ok       $1" ;; *) echo "not yet  $1: $2 is missing"; failed=1 ;; esac
}
web() { kubectl get pod web -o jsonpath="$1" 2>&1; }
harbour() { kubectl get pod harbour -o jsonpath="$1" 2>&1; }

is "web is ready" True "$(web '{.status.conditions[?(@.type=="Ready")].status}')"
has "web runs the image" nginx:1.26 "$(web '{.spec.containers[?(@.name=="nginx")].image}')"
is "label app" harbour "$(web '{.metadata.labels.app}')"
is "label tier" web "$(web '{.metadata.labels.tier}')"
is "requests processor" 100m "$(web '{.spec.containers[?(@.name=="nginx")].resources.requests.cpu}')"
is "requests memory" 64Mi "$(web '{.spec.containers[?(@.name=="nginx")].resources.requests.memory}')"
is "limits memory" 128Mi "$(web '{.spec.containers[?(@.name=="nginx")].resources.limits.memory}')"
is "names its port" 80 "$(web '{.spec.containers[?(@.name=="nginx")].ports[?(@.name=="http")].containerPort}')"
has "answers" "Harbour open" "$(kubectl get --raw "/api/v1/namespaces/lab-11-pods/pods/web:80/proxy/" 2>&1)"
has "was asked" /hello/forwarded "$(kubectl logs web --tail=200 2>&1)"
is "harbour is ready" True "$(harbour '{.status.conditions[?(@.type=="Ready")].status}')"
has "has both containers" watch "$(harbour '{.spec.containers[*].name}')"
has "shows the time" "Harbour open, " "$(kubectl get --raw "/api/v1/namespaces/lab-11-pods/pods/harbour:80/proxy/" 2>&1)"
has "reaches itself" "Harbour open, " "$(kubectl exec harbour -c watch -- wget -q -O - http://localhost/ 2>&1)"
exit $failed
