set -x
kubectl apply -f beacon.yaml
kubectl wait --for=condition=Ready pod/beacon --timeout=60s
until kubectl get events --field-selector involvedObject.name=beacon | grep -q Started; do sleep 0.3; done
kubectl get events --field-selector involvedObject.name=beacon -o custom-columns=REASON:.reason,BY:.source.component,NEW:.reportingComponent
sed -i 's/^placed_by = .*/placed_by = "default-scheduler"/; s/^started_by = .*/started_by = "kubelet"/' answers.toml
