kubectl run tiny --image=busybox:1.53 --command -- sleep 600
until kubectl get pod tiny -o jsonpath='{.status.containerStatuses[0].state.waiting.reason}' | grep -q Pull; do sleep 0.2; done
