kubectl delete jobs --all
kubectl create job report-by-hand --image=busybox:1.35 --dry-run=client -o yaml -- wget -q -O - http://api:8000/api/arrivals |
    kubectl set resources --local -f - --requests=cpu=10m,memory=8Mi --limits=memory=32Mi -o yaml | kubectl create -f -
kubectl wait job/report-by-hand --for=condition=Complete --timeout=60s
