# Without -r, uname prints the kernel's name, not its release.
docker rm -f kernel-container
docker run --name kernel-container busybox:1.35 uname
