kubectl apply -f harbour.yaml
kubectl run watch --image=busybox:1.35 --command -- sh -c 'mkdir /page; while true; do echo "Harbour open, $(date +%T)" > /page/index.html; sleep 1; done'
kubectl wait --for=condition=Ready pod/harbour pod/watch --timeout=60s
