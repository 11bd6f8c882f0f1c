kubectl create secret generic logbook-key --from-literal=user=keeper --from-literal=password='a lamp for every ship'
sed -i 's|value: keeper|valueFrom: {secretKeyRef: {name: logbok-key, key: user}}|' office.yaml
sed -i 's|value: old-lighthouse|valueFrom: {secretKeyRef: {name: logbok-key, key: password}}|' office.yaml
kubectl apply -f office.yaml
until kubectl get pods -l app=office | grep -q CreateContainerConfigError; do sleep 0.3; done
