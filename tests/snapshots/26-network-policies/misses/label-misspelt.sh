kubectl apply -f - <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: records}
spec:
  podSelector: {matchLabels: {app: records}}
  policyTypes: [Ingress]
  ingress:
    - {from: [{podSelector: {matchLabels: {app: ofice}}}], ports: [{port: 6379}]}
YAML
# The policy before it allowed the connection: wait until this one has taken effect.
for _ in $(seq 20); do
    kubectl exec deployment/office -- sh -c "(printf 'PING\r\n'; sleep 1) | timeout 2 nc records 6379" | grep -q PONG || break
done
