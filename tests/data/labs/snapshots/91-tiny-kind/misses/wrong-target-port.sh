kubectl patch service tiny --type=json --patch '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8000}]'
until kubectl get endpointslices -o jsonpath='{.items[*].ports[*].port}' | grep -q 8000; do sleep 0.2; done
