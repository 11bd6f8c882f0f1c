kubectl create cronjob nightly --image=busybox:1.35 --schedule='0 2 * * *' -- echo saved
kubectl create job nightly-run --image=busybox:1.35 -- echo saved
kubectl wait --for=condition=Complete job/nightly-run --timeout=60s
