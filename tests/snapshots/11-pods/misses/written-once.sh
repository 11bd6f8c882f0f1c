kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: harbour}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: nginx
      image: nginx:1.26
      volumeMounts: [{name: page, mountPath: /usr/share/nginx/html}]
    - name: watch
      image: busybox:1.35
      command: [sh, -c, 'echo "Harbour open, $(date +%T)" > /page/index.html; sleep 3600']
      volumeMounts: [{name: page, mountPath: /page}]
  volumes:
    - {name: page, emptyDir: {}}
YAML
kubectl wait --for=condition=Ready pod/harbour --timeout=60s
# Wait until the page is old enough to tell.
sleep 6
