kubectl create namespace development
kubectl apply -n development -f development.yaml
kubectl apply -f web.yaml
kubectl rollout status deployment/web --timeout=60s
kubectl rollout status -n development deployment/web --timeout=60s
kubectl run asker --image=busybox:1.35 -- sh -c 'until wget -q -O - http://web/; do sleep 0.3; done; wget -q -O - http://web/from-development; echo asked; exec sleep 86400'
until kubectl logs asker | grep -q asked; do sleep 0.3; done
