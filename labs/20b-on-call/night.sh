#!/bin/bash
# Play the night: after it, six services are broken. Repair them before you read on.
set -euo pipefail
cd "$(dirname "$0")"

places=(berths cranes tugs tides ferry lamp)

# What a place runs: the program in a ConfigMap, and the objects of its file.
open_place() {
    kubectl create namespace "$1"
    kubectl create configmap program --from-file=harbour.py -n "$1" >/dev/null
    kubectl apply -f "night/$1.yaml" -n "$1" >/dev/null
}

# An earlier night ends first.
slipway cluster up >/dev/null
earlier=$(kubectl get configmap night --ignore-not-found -o jsonpath='{.data.node}')
if [ -n "$earlier" ]; then kubectl uncordon "$earlier" >/dev/null; fi
kubectl delete configmap night morning --ignore-not-found >/dev/null
kubectl delete namespace "${places[@]}" --ignore-not-found >/dev/null

echo "It is evening. The lamp is lit."
open_place lamp
kubectl rollout status statefulset lamp -n lamp --timeout=120s >/dev/null
kubectl exec -n lamp lamp-0 -- sh -c 'echo "Yesterday, 21:00: lit by the night watch." >> /journal/book'
node=$(kubectl get pod -n lamp lamp-0 -o jsonpath='{.spec.nodeName}')

echo "It is night. Someone means well."
kubectl create configmap night --from-literal=node="$node" >/dev/null
kubectl cordon "$node" >/dev/null
for place in berths cranes tugs tides ferry; do open_place "$place"; done

echo "It is morning. Someone needed a power socket."
slipway cluster down --node "$node" >/dev/null
kubectl create configmap morning >/dev/null
echo "The cluster notices within a minute. Until you are done, Pods of other labs on that node do not answer."
