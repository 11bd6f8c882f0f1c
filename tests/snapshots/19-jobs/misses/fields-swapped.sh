kubectl create cronjob nightly --image=busybox:1.35 --schedule='2 0 * * *' -- echo saved
