set -x
kubectl apply -f weigh-again.yaml
kubectl wait --for=condition=Complete job/weigh-again --timeout=60s
kubectl logs -l job-name=weigh-again
