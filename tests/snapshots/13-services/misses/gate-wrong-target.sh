kubectl patch service gate --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 80}]'
until kubectl get endpointslices -l kubernetes.io/service-name=gate | grep -q ' 80 '; do sleep 0.2; done
sleep 1
