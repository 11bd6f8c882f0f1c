kubectl create cronjob nightly --image=busybox:1.35 --schedule='0 2 * * *' --restart=Never -- sh -c 'bakcup --now'
kubectl create job nightly-run --from=cronjob/nightly
until kubectl get job nightly-run -o jsonpath='{.status.failed}' | grep -q 1; do sleep 0.3; done
