for pod in $(kubectl get pods -l part=office -o name); do kubectl exec "$pod" -- rm -f /www/open; done
kubectl wait pods -l part=office --for=condition=Ready=false --timeout=20s
until [ -z "$(kubectl get endpointslices -l kubernetes.io/service-name=office -o jsonpath='{.items[*].endpoints[?(@.conditions.ready==true)].targetRef.name}')" ]; do sleep 0.2; done
