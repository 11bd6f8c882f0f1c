bash night.sh
kubectl patch service tides -n tides --patch '{"spec": {"selector": {"app": "tides"}}}'
until kubectl get endpointslices -n tides -o jsonpath='{.items[*].endpoints[*].addresses}' | grep -q 10; do sleep 0.2; done
