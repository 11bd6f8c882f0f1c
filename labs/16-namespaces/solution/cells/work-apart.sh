set -x
kubectl create namespace development
kubectl apply -f development.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment/web --timeout=60s
kubectl rollout status deployment/web -n development --timeout=60s
kubectl exec -n development deployment/web -- wget -q -O - http://web.lab-16-namespaces.svc.cluster.local/from-development || true
