kubectl delete pod visitor
kubectl apply -f manifests/visitor.yaml
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
until kubectl logs visitor --tail=3 | grep -q 'ok 2'; do sleep 0.5; done
