# Both objects by commands; the file is as it was.
kubectl create deployment lantern --image=busybox:1.35 -- sleep infinity
kubectl patch deployment lantern -p '{"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 1}}}}'
kubectl create cronjob sweep --image=busybox:1.35 --schedule='30 2 * * *' -- echo swept
kubectl rollout status deployment lantern --timeout=60s
