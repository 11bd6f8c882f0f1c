kubectl apply -f program.yaml -f yesterday.yaml
kubectl create serviceaccount board
kubectl patch deployment board -p '{"spec": {"template": {"spec": {"serviceAccountName": "board"}}}}'
kubectl create role look --verb=get,list,watch --resource=pods
kubectl create rolebinding look --role=look --serviceaccount=lab-24-access:board
kubectl patch deployment board -p '{"spec": {"template": {"spec": {"containers": [{"name": "board", "securityContext": {"readOnlyRootFilesystem": true}}]}}}}'
kubectl rollout status deployment/tides --timeout=60s
kubectl rollout status deployment/board --timeout=60s
