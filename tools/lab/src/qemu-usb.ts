import { randomFillSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { optionValue } from "./qemu.ts";

/** The medium of QEMU's usb-storage, in the results folder: the guest sees what QEMU wrote to it. */
export const STORAGE_IMAGE = "usb-storage.img";

const STORAGE_BYTES = 16 * 1024 * 1024;

/** The guest's port to QEMU's monitor: QMP, with which a test types, moves the mouse, and unplugs. */
export const MONITOR_PORT = "org.busbar.monitor";

/**
 * QEMU's parameters for its own USB devices on a controller of their own (xHCI), and for a monitor that the guest
 * reaches. Their ids are "keyboard", "mouse", "tablet", "sound", "attached", which is a disk with bulk streams, and "storage",
 * whose medium is the block node "medium" and made here, with random content.
 *
 * @param resultsFolder the folder that the guest may write to
 * @param socketFolder for the socket between the monitor and the guest's port
 */
export function qemuUsbArguments(resultsFolder: string, socketFolder: string): string[] {
  const image = join(resultsFolder, STORAGE_IMAGE);
  writeFileSync(image, randomFillSync(new Uint8Array(STORAGE_BYTES)));
  const socket = optionValue(join(socketFolder, "monitor"));
  return [
    ...["-device", "qemu-xhci,id=xhci"],
    ...["-device", "usb-kbd,bus=xhci.0,id=keyboard"],
    ...["-device", "usb-mouse,bus=xhci.0,id=mouse"],
    ...["-device", "usb-tablet,bus=xhci.0,id=tablet"],
    ...["-blockdev", `driver=file,filename=${optionValue(image)},node-name=medium`],
    ...["-device", "usb-storage,bus=xhci.0,id=storage,drive=medium,removable=on"],
    ...["-audiodev", "none,id=silence"],
    ...["-device", "usb-audio,bus=xhci.0,id=sound,audiodev=silence"],
    // The first controller's ports are taken; behind a hub there is no SuperSpeed.
    ...["-device", "qemu-xhci,id=fast", "-device", "usb-uas,bus=fast.0,id=attached"],
    ...["-blockdev", "driver=null-co,size=1048576,node-name=nothing"],
    ...["-device", "scsi-hd,bus=attached.0,drive=nothing"],
    // QEMU's monitor talks to QEMU's port, through a socket that both ends of are in QEMU.
    ...["-chardev", `socket,id=monitor-port,path=${socket},server=on,wait=off`],
    ...["-device", `virtserialport,chardev=monitor-port,name=${MONITOR_PORT}`],
    ...["-chardev", `socket,id=monitor,path=${socket},reconnect=1`],
    ...["-mon", "chardev=monitor,mode=control"],
  ];
}
