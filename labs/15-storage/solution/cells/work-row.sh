kubectl create secret generic postgres-key --from-literal=password="$(head -c 18 /dev/urandom | base64)"
set -x
kubectl apply -f logbook.yaml
kubectl rollout status deployment/logbook --timeout=60s
kubectl exec -i deployment/logbook -- psql -U postgres <<'SQL'
CREATE TABLE log (ship text, written timestamptz DEFAULT now());
INSERT INTO log (ship) VALUES ('Aurora');
SQL
kubectl delete pod -l app=logbook
kubectl rollout status deployment/logbook --timeout=60s
kubectl exec deployment/logbook -- psql -U postgres -c 'SELECT * FROM log'
