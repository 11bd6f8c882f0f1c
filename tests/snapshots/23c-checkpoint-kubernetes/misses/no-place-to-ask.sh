kubectl set env deployment/api DATABASE_HOST-
until kubectl get events --field-selector reason=Unhealthy | grep -q 503; do sleep 0.5; done
until [ "$(kubectl get pods -l app=api --field-selector status.phase=Running -o jsonpath='{.items[*].status.containerStatuses[0].ready}' | tr ' ' '\n' | grep -c false)" -ge 1 ]; do sleep 0.5; done
sleep 12
