kubectl patch deployment board --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0/resources"}]'
until kubectl get deployment board -o jsonpath='{.status.conditions[?(@.type=="ReplicaFailure")].message}' | grep -q 'must specify'; do sleep 0.5; done
