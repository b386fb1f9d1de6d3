#!/bin/sh
# First process of the empty machine, in namespaces of its own: gives it the file systems that a booted machine has, and then
# collects processes that others left, as an init does. $1 is the folder that becomes its root.
set -e
root=$1
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 dev dev
for device in null zero full random urandom tty kvm net/tun fuse; do
	[ -c "/dev/$device" ] || continue
	mkdir -p "dev/$(dirname "$device")"
	cp -a "/dev/$device" "dev/$device"
	case $device in kvm | fuse) ;; *) chmod 666 "dev/$device" ;; esac
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t tmpfs -o mode=755 run run
mkdir -p run/lock
hostname -F etc/hostname
mkdir old
pivot_root . old
umount -l /old
rmdir /old
# systemd has the root shared, and Debian has systemd
mount --make-rshared /
ip link set lo up 2>/dev/null || true
echo ready
exec perl -e '$SIG{CHLD} = "IGNORE"; sleep while 1'
