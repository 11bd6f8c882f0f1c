kubectl create secret generic logbook-key --from-literal=user=keeper --from-literal=password='a lamp for every ship'
sed -i 's|value: keeper|valueFrom: {secretKeyRef: {name: logbook-key, key: user}}|' office.yaml
sed -i 's|value: old-lighthouse|value: a lamp for every ship|' office.yaml
kubectl apply -f office.yaml
kubectl rollout status deployment/office --timeout=60s
