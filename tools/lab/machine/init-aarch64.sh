#!/bin/busybox sh
# The first program of the aarch64 machine: runs /command in a file system in memory, and says how that ended.

/bin/busybox mkdir -p /dev /proc /sys /tmp /run/lock
/bin/busybox --install -s /bin
export PATH=/bin HOME=/nonexistent
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
chmod 1777 /tmp /run/lock
dmesg -n 1

echo "busbar-lab: $(uname -srm)"
sh /command 2>&1
echo "busbar-lab: exit $?"
poweroff -f
