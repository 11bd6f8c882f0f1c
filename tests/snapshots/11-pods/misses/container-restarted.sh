kubectl exec web -- sh -c 'kill 1'
until kubectl get pod web -o jsonpath='{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}' | grep -q '^[1-9].*true'; do sleep 0.2; done
