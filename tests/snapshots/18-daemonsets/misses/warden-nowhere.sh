sed -i 's/^      # On which.*/      nodeSelector: {node-role.kubernetes.io\/control-plane: ""}/' warden.yaml
kubectl apply -f warden.yaml
kubectl rollout status daemonset/warden --timeout=60s
