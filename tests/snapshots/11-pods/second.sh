# Another right way: kubectl run and JSON, a label set afterwards, a helper among the containers, two init containers, a memory-backed
# volume, amounts in other units.
kubectl run web --image=docker.io/library/nginx:1.26 --port=80 --labels=tier=web,owner=me --overrides='{"spec": {"containers": [
  {"name": "nginx", "image": "docker.io/library/nginx:1.26", "ports": [{"containerPort": 80, "name": "http", "protocol": "TCP"}],
   "resources": {"requests": {"cpu": 0.1, "memory": "65536Ki"}, "limits": {"memory": "134217728", "cpu": 1}}}]}}'
kubectl label pod web app=harbour
kubectl wait --for=condition=Ready pod web --timeout=60s
printf '<h1>Harbour open</h1>\n' > index.html
kubectl exec -i web -- tee /usr/share/nginx/html/index.html < index.html
kubectl port-forward --address 127.0.0.1 web :http > port &
until grep -q Forwarding port; do sleep 0.2; done
curl --silent --output /dev/null "http://127.0.0.1:$(sed -n 's/.*127.0.0.1:\([0-9]*\) .*/\1/p' port)/hello/forwarded?again=1"
kill $!
kubectl create -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: harbour
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: watch
      image: busybox:1.35
      command: [sh, -c]
      args: ['while sleep 0.5; do printf "<p>Harbour open %s</p>" "$(date +%H:%M:%S)" > /page/.new && mv /page/.new /page/index.html; done']
      volumeMounts: [{name: shared, mountPath: /page}]
    - name: nginx
      image: nginx:1.26
      volumeMounts: [{name: shared, mountPath: /usr/share/nginx/html, readOnly: true}]
  volumes:
    - name: shared
      emptyDir: {medium: Memory}
YAML
sed 's/^  containers:/  initContainers: [{name: one, image: "busybox:1.35", args: ["true"]}, {name: two, image: "nginx:1.26", command: [bash, -c, "echo Gull, and a Heron > \/work\/first"], volumeMounts: [{name: plan, mountPath: \/work}]}]\n&/' herald.yaml | kubectl create -f -
kubectl wait --for=condition=Ready pod harbour herald --timeout=60s
