kubectl apply -f hungry.yaml
sed 's/name: hungry/name: fed/; s/memory: 32Mi/memory: 40Mi/' hungry.yaml | kubectl apply -f -
for pod in hungry fed; do until kubectl get pod $pod -o jsonpath='{.status.containerStatuses[0]}' | grep -q OOMKilled; do sleep 0.3; done; done
