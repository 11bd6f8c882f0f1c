kubectl create cronjob nightly --image=busybox:1.35 --schedule='0 2 * * *' -- echo saved
kubectl patch cronjob nightly --patch '{"spec": {"concurrencyPolicy": "Forbid"}}'
