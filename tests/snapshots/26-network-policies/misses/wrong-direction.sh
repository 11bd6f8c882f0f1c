kubectl apply -f harbour.yaml -f customs.yaml
for name in records office crane visitor trainee; do kubectl rollout status deployment/$name --timeout=60s; done
for name in gate inspector clerk; do kubectl rollout status -n customs deployment/$name --timeout=60s; done
printf "spec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n" >> deny.yaml
kubectl apply -f deny.yaml
