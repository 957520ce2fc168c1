#!/bin/busybox sh
# The first program of the virtual machine. It makes the host's file system the root, with a layer in memory above it
# that takes every write, runs /command in there as root, and says to the host how that ended.
# /settings gives: MODULES_ROOT, MODULES, RESULTS, LIMIT_SECONDS.

/bin/busybox mkdir -p /bin /sbin /dev /proc /sys /lower /layer /root
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
. /settings

for module in $(cat /modules/order); do
  insmod "/modules/$module"
done

# The port of this name that QEMU connects to the host; the kernel makes it a moment after the driver is there.
port() {
  for attempt in $(seq 50); do
    for entry in /sys/class/virtio-ports/*; do
      if [ "$(cat "$entry/name" 2>/dev/null)" = "$1" ]; then
        echo "/dev/${entry##*/}"
        return
      fi
    done
    sleep 0.1
  done
  echo "no port $1" >/dev/console
  poweroff -f
}
exec 3>"$(port org.busbar.status)"
exec 4>"$(port org.busbar.output)"

fail() {
  echo "failed $1" >&3
  poweroff -f
}

options=trans=virtio,version=9p2000.L,msize=262144
mount -t 9p -o "$options,ro,cache=loose" root /lower || fail "the host's file system cannot be mounted"
mount -t tmpfs -o mode=755 tmpfs /layer && mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work overlay /root ||
  fail "the layer above the host's file system cannot be mounted"

for folder in proc sys dev; do mount --bind "/$folder" "/root/$folder"; done
mount -t tmpfs -o mode=755 tmpfs /root/run
mkdir -p /root/dev/pts /root/dev/shm /root/run/lock "/root$RESULTS"
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/dev/shm
mount -t debugfs debugfs /root/sys/kernel/debug
mount -t 9p -o "$options,rw,cache=none" results "/root$RESULTS" || fail "the results folder cannot be mounted"
for number in 0 1 2; do ln -sf "/proc/self/fd/$number" "/dev/fd$number"; done
ln -sf /proc/self/fd /dev/fd
ln -sf /dev/fd0 /dev/stdin
ln -sf /dev/fd1 /dev/stdout
ln -sf /dev/fd2 /dev/stderr
ip link set lo up
hostname busbar-lab

# When the kernel itself wants a module (a gadget function, a file system) it calls /sbin/modprobe out here.
cat >/sbin/modprobe <<END
#!/bin/busybox sh
exec /bin/busybox chroot /root /sbin/modprobe --dirname "$MODULES_ROOT" "\$@"
END
chmod +x /sbin/modprobe
echo ready >&3

# All at once is quick; one by one says which of them fails.
if [ -n "$MODULES" ] && ! /sbin/modprobe -a $MODULES; then
  for module in $MODULES; do
    /sbin/modprobe "$module" || echo "note The module $module cannot be loaded." >&3
  done
fi
[ -d /sys/kernel/config ] && mount -t configfs configfs /root/sys/kernel/config
echo started >&3

cp /command /root/run/command
# The host ends the machine in time. This limit is for a host that is gone.
timeout -s KILL "$LIMIT_SECONDS" chroot /root /bin/sh /run/command </dev/null >&4 2>&4
echo "exit $?" >&3
sync
poweroff -f
