/** Transfers of every type, and every way in which one ends. */

import type { DeviceHandle } from "component:usb/device@0.2.1";
import type { Transfer, TransferType } from "component:usb/transfers@0.2.1";
import {
  bulkIn,
  bulkOut,
  faults,
  foreignIn,
  interruptIn,
  interruptOut,
  isochronousIn,
  isochronousOut,
  vendorRequest,
} from "./loopback.ts";
import type { TransferParts, UsbCalls } from "./usb-calls.ts";

/** Standard requests: USB 2.0 table 9-4. */
const SET_FEATURE = 3;
const GET_DESCRIPTOR = 6;
const ENDPOINT_HALT = 0;

/** Does them all on interface 0, which is claimed, in its setting 1. */
export function usbTransfers(usb: UsbCalls, handle: DeviceHandle): void {
  roundTrips(usb, handle);
  ends(usb, handle);
  halts(usb, handle);
  controls(usb, handle);
  isochronous(usb, handle);
  refused(usb, handle);
}

function roundTrips(usb: UsbCalls, handle: DeviceHandle): void {
  const data = Uint8Array.from({ length: 100 }, (_, index) => index);
  for (const [type, input, output] of [
    ["bulk", bulkIn, bulkOut],
    ["interrupt", interruptIn, interruptOut],
  ] as const) {
    usb.transferred(`${type} out`, handle, type, output, {}, data.subarray(0, 60));
    usb.transferred(`${type} in`, handle, type, input, { length: 64 });
  }
  usb.transferred("several packets out", handle, "bulk", bulkOut, {}, data);
  usb.transferred("several packets in", handle, "bulk", bulkIn, { length: 128 });
  usb.transferred("no bytes out", handle, "bulk", bulkOut);
  usb.transferred("no bytes in", handle, "bulk", bulkIn, { length: 64 });
  const reading = usb.made("a read that comes first", handle, "bulk", bulkIn, { length: 64 });
  if (reading !== undefined) {
    usb.submitted("it waits", reading);
    usb.transferred("it is written to", handle, "bulk", bulkOut, {}, Uint8Array.of(1, 2));
    usb.awaited("it has ended", reading);
  }
}

function ends(usb: UsbCalls, handle: DeviceHandle): void {
  const made = (name: string, parts: TransferParts = {}): Transfer => {
    const transfer = usb.made(name, handle, "bulk", bulkIn, { length: 64, ...parts });
    if (transfer === undefined) throw new Error("A bulk transfer cannot be made.");
    return transfer;
  };
  usb.transferred("a read that times out", handle, "bulk", bulkIn, { length: 64, timeoutMs: 20 });
  const cancelled = made("a read to be cancelled");
  usb.cancelled("cancelled before it was submitted", cancelled);
  usb.submitted("submitted", cancelled);
  usb.submitted("submitted again", cancelled);
  usb.cancelled("cancelled", cancelled);
  usb.cancelled("cancelled again", cancelled);
  usb.awaited("it was interrupted", cancelled);
  usb.awaited("what was not submitted is awaited", made("a read that is not submitted"));
  usb.transferred("too much for a read, out", handle, "bulk", bulkOut, {}, new Uint8Array(128).fill(7));
  usb.transferred("too much for a read, in", handle, "bulk", bulkIn, { length: 64 });
  usb.transferred(
    "other data than a transfer is long",
    handle,
    "bulk",
    bulkOut,
    { length: 4 },
    Uint8Array.of(1),
  );
  const four = [1, 2, 3, 4].map((number) => made(`transfer ${number} of four`));
  usb.made("one transfer more than is granted", handle, "bulk", bulkIn, { length: 64 });
  for (const transfer of four) transfer[Symbol.dispose]();
  made("after they were dropped")[Symbol.dispose]();
}

function halts(usb: UsbCalls, handle: DeviceHandle): void {
  const halt = { bmRequestType: 0x02, bRequest: SET_FEATURE, wValue: ENDPOINT_HALT, wIndex: bulkIn };
  usb.transferred("an endpoint is halted", handle, "control", 0, halt);
  usb.transferred("from a halted endpoint", handle, "bulk", bulkIn, { length: 64 });
  usb.opened("the halt is cleared", handle, "clear-halt", bulkIn);
  usb.transferred("to the endpoint that was halted", handle, "bulk", bulkOut, {}, Uint8Array.of(5));
  usb.transferred("from the endpoint that was halted", handle, "bulk", bulkIn, { length: 64 });
}

function controls(usb: UsbCalls, handle: DeviceHandle): void {
  const give = { bmRequestType: 0xc1, bRequest: vendorRequest, length: 8 };
  const take = { bmRequestType: 0x41, bRequest: vendorRequest };
  const control = (name: string, parts: TransferParts, data?: Uint8Array) =>
    usb.transferred(name, handle, "control", 0, parts, data);
  control("a control request that reads", give);
  control("a control request that writes", take, Uint8Array.of(1, 2, 3));
  control("a control request without data", take);
  control("a request that the device does not know", { ...give, bRequest: 0x52 });
  for (const { name, ...fault } of faults) control(name, { ...give, ...fault });
  control("the device descriptor", {
    bmRequestType: 0x80,
    bRequest: GET_DESCRIPTOR,
    wValue: 0x0100,
    length: 18,
  });
  control("a string", { bmRequestType: 0x80, bRequest: GET_DESCRIPTOR, wValue: 0x0301, length: 255 });
  control("a request to the whole device", { ...give, bmRequestType: 0xc0 });
  control("a request to an interface that is not granted", { ...give, wIndex: 1 });
}

function isochronous(usb: UsbCalls, handle: DeviceHandle): void {
  const data = new Uint8Array(96).fill(9);
  const done = (name: string, endpoint: number, parts: TransferParts, sent?: Uint8Array) =>
    usb.transferred(name, handle, "isochronous", endpoint, parts, sent);
  done("isochronous out", isochronousOut, { isoPackets: 4 }, data);
  done("isochronous in", isochronousIn, { isoPackets: 4, length: 96 });
  done("isochronous without packets", isochronousIn, { length: 96 });
  done("isochronous with uneven packets", isochronousIn, { isoPackets: 5, length: 96 });
}

function refused(usb: UsbCalls, handle: DeviceHandle): void {
  const made = (name: string, type: TransferType, endpoint: number, parts: TransferParts) => {
    usb.made(name, handle, type, endpoint, parts)?.[Symbol.dispose]();
  };
  made("a control transfer to another endpoint than 0", "control", 1, { length: 8 });
  made("a control transfer that is too long", "control", 0, { bmRequestType: 0xc1, length: 65_536 });
  made("packets of a bulk transfer", "bulk", bulkIn, { length: 8, isoPackets: 1 });
  made("a stream of an interrupt transfer", "interrupt", interruptIn, { length: 8, streamId: 1 });
  made("an endpoint that is not granted", "bulk", foreignIn, { length: 8 });
  made("an endpoint that is not there", "bulk", 0x8f, { length: 8 });
  made("the longest transfer", "bulk", bulkIn, { length: 65_536 });
  made("a transfer that is too long", "bulk", bulkIn, { length: 65_537 });
}
