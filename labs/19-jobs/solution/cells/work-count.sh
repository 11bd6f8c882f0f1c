set -x
kubectl delete job count --ignore-not-found
kubectl apply -f count.yaml
kubectl wait --for=condition=Complete job/count --timeout=60s
kubectl logs -l job-name=count --prefix
