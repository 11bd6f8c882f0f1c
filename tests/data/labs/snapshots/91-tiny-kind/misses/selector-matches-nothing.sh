kubectl patch service tiny --patch '{"spec": {"selector": {"app": "tinny"}}}'
until [ -z "$(kubectl get endpointslices -o jsonpath='{.items[*].endpoints[*].addresses}')" ]; do sleep 0.2; done
