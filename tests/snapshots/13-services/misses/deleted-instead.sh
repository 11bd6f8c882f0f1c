kubectl delete pods -l part=office
kubectl rollout status deployment/office --timeout=60s
until [ "$(kubectl get endpointslices -l kubernetes.io/service-name=office -o jsonpath='{.items[*].endpoints[?(@.conditions.ready==true)].targetRef.name}' | wc -w)" = 3 ]; do sleep 0.2; done
