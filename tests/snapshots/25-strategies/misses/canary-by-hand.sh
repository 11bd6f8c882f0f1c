# A single Pod that no controller keeps.
kubectl apply -f board.yaml -f ferries.yaml
kubectl run next --image=busybox:1.35 --labels=app=ferries --env=VERSION=1.1 --overrides='{"spec": {"terminationGracePeriodSeconds": 1}}' -- sh -c 'mkdir /www && echo "$VERSION $HOSTNAME" > /www/index.html && exec httpd -f -p 8080 -h /www'
kubectl rollout status deployment ferries --timeout=60s
kubectl wait --for=condition=Ready pod/next pod/visitor --timeout=60s
