set -x
kubectl get endpointslices -n tides
kubectl patch service tides -n tides --type=json --patch '[
  {"op": "replace", "path": "/spec/selector/app", "value": "tides"},
  {"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8000}]'
