kubectl patch service office -p '{"spec": {"publishNotReadyAddresses": true}}'
until [ "$(kubectl get endpointslices -l kubernetes.io/service-name=office -o jsonpath='{.items[*].endpoints[?(@.conditions.ready==true)].targetRef.name}' | wc -w)" = 3 ]; do sleep 0.2; done
# The rules on the visitor's node follow within a second.
sleep 2
