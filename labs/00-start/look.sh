# Compare the first process of a container with the machine that it runs on: bash look.sh CONTAINER
#
# The engine may run in a virtual machine, so a second container looks: an observer that shares the machine's namespaces
# (--pid host, --network host, ...) and may read what the kernel knows about each process (--privileged).
pid=$(docker container inspect "$1" --format '{{.State.Pid}}') || exit
echo "On the machine, the process has the ID $pid:"
docker run --rm -i --privileged --pid host --network host --ipc host --uts host --cgroupns host busybox:1.35 \
    sh -s "$pid" <<'OBSERVER'
ps | awk -v pid="$1" '$1 == pid'
echo
printf '%-10s %-18s %-18s\n' namespace machine container
for kind in pid net ipc uts user; do
    machine=$(readlink "/proc/self/ns/$kind" | tr -dc 0-9)
    container=$(readlink "/proc/$1/ns/$kind" | tr -dc 0-9)
    [ "$machine" = "$container" ] && verdict="the same" || verdict="different"
    printf '%-10s %-18s %-18s %s\n' "$kind" "$machine" "$container" "$verdict"
done
echo
echo "Its cgroup for memory:"
grep -E '^0::|memory' "/proc/$1/cgroup" | head -1
OBSERVER
