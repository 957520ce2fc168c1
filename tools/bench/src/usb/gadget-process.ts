/**
 * Run in the virtual machine: the same measurements as on the models, over libusb, on disks and loopbacks that the
 * kernel itself is. One gadget has two of each, one for the component and one for the plain loop.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { libusb, openBoard } from "@busbar/host-node";
import { GADGET_VENDOR_ID, Gadget, startUdevd } from "@busbar/lab/guest";
import { type DiskEffort, diskRows } from "./disk.ts";
import { echoCosts, PlainEcho } from "./echo.ts";
import { PlainDisk } from "./plain-disk.ts";
import { diskTable, echoTable } from "./report.ts";

const MIB = 1024 * 1024;
const productId = 0x0010;
const effort: DiskEffort = { passBytes: MIB, rounds: 3, commands: 30 };
const callMs = 600_000;

await using _ = await startUdevd();
const disk = (file: string) => {
  writeFileSync(file, new Uint8Array(effort.passBytes));
  return { "lun.0/removable": "1", "lun.0/file": file };
};
using gadget = new Gadget({
  name: "bench",
  productId,
  functions: [
    // The echo's driver takes the first pair of endpoints that there is.
    { name: "Loopback.component" },
    { name: "mass_storage.component", attributes: disk("/tmp/component.img") },
    { name: "mass_storage.plain", attributes: disk("/tmp/plain.img") },
    { name: "Loopback.plain" },
  ],
});
gadget.plug();
const backend = libusb();
const isThere = async () =>
  (await backend.devices()).some(({ descriptor }) => descriptor.productId === productId);
while (!(await isThere())) await wait(100);

const usb = { vendorId: hex(GADGET_VENDOR_ID), productId: hex(productId) };
await using board = await openBoard(
  {
    devices: {
      stick: {
        driver: "@busbar/mass-storage",
        usb: { ...usb, interfaces: [1] },
        settings: { "timeout-ms": 60_000 },
        limits: { callMs },
      },
      echo: { driver: "@busbar/usb-echo", usb: { ...usb, interfaces: [0] }, limits: { callMs } },
    },
  },
  { folder: import.meta.dirname },
);
{
  await using component = await board.blockDevice("stick");
  const plain = await PlainDisk.open(backend, 512);
  const rows = await diskRows({ component, plain, queue: 1 }, effort);
  console.log(diskTable("the kernel's disk gadget, emulated", rows));
  await plain.close();
}
await using echo = await board.usbEcho("echo");
const plainEcho = await PlainEcho.open(backend);
const costs = await echoCosts(echo, plainEcho, { rounds: 3, trips: 100 });
console.log(echoTable("the kernel's loopback gadget, emulated, 32 bytes, bulk", costs));
await plainEcho.close();

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
