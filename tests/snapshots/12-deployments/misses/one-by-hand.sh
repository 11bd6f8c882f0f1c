kubectl run web-extra --image=nginx:1.26 --labels=app=web
kubectl wait --for=condition=Ready pod/web-extra --timeout=60s
