kubectl patch service office -p '{"spec": {"selector": {"part": null, "app": "harbour"}}}'
until kubectl get endpointslices -l kubernetes.io/service-name=office -o jsonpath='{.items[*].endpoints[*].targetRef.name}' | grep -q canteen; do sleep 0.2; done
