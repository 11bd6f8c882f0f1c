kubectl apply -f pod.yaml
kubectl wait --for=condition=Ready pod/tiny --timeout=60s
kubectl exec tiny -- sh -c 'printf kept > /data/note'
