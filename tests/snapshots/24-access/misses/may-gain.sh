kubectl label namespace lab-24-access pod-security.kubernetes.io/enforce-
kubectl patch deployment board -p '{"spec": {"template": {"spec": {"containers": [{"name": "board", "securityContext": {"allowPrivilegeEscalation": true}}]}}}}'
kubectl rollout status deployment/board --timeout=60s
