sed -i 's/^      # On which.*/      tolerations: [{operator: Exists}]/' warden.yaml
kubectl apply -f warden.yaml
kubectl rollout status daemonset/warden --timeout=60s
