kubectl create namespace development
kubectl apply -n development -f development.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment/web --timeout=60s
kubectl rollout status -n development deployment/web --timeout=60s
until kubectl exec deployment/web -- wget -q -O - http://web/; do sleep 0.3; done
kubectl exec deployment/web -- wget -q -O - http://web/from-development || true
