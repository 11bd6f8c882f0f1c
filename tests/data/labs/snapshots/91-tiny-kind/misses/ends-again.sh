kubectl run tiny --image=busybox:1.35 --command -- sh -c 'echo no water; exit 3'
until kubectl get pod tiny -o jsonpath='{.status.containerStatuses[0].state.waiting.reason}' | grep -q CrashLoop; do sleep 0.2; done
