docker rm -f kernel-container 2>/dev/null
docker run --name kernel-container busybox:1.35 uname -r
