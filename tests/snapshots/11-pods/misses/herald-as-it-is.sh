kubectl apply -f herald.yaml
until kubectl get pod herald -o jsonpath='{.status.containerStatuses[0]}' | grep -q CrashLoopBackOff; do sleep 0.5; done
