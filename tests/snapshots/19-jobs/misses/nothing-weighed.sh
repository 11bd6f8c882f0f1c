kubectl create job weigh-again --image=busybox:1.35 -- true
kubectl wait --for=condition=Complete job/weigh-again --timeout=60s
