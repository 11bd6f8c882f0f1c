kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: harbour}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: nginx
      image: nginx:1.26
      volumeMounts: [{name: html, mountPath: /usr/share/nginx/html}]
    - name: watch
      image: busybox:1.35
      command: [sh, -c, 'while true; do echo "Harbour open, $(date +%T)" > /page/index.html; sleep 1; done']
      volumeMounts: [{name: page, mountPath: /page}]
  volumes:
    - {name: html, emptyDir: {}}
    - {name: page, emptyDir: {}}
YAML
kubectl wait --for=condition=Ready pod/harbour --timeout=60s
sleep 11  # until it is no longer young
