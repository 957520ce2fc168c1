/**
 * component:usb on the device of host/conformance/board.json, a loopback. Its configuration 1 has interface 0, which is
 * granted, a driver of the operating system has, and whose setting 1 has isochronous endpoints too; and interface 1, which
 * is not granted. Configuration 2 has interface 0 only, and the third is malformed.
 */

import type { DeviceHandle, UsbDevice } from "component:usb/device@0.2.1";
import { bulkIn, bulkOut, foreignIn } from "./loopback.ts";
import { Table } from "./table.ts";
import { UsbCalls } from "./usb-calls.ts";
import { usbTransfers } from "./usb-transfers.ts";

/** Calls every function of component:usb. @throws Error where there is nothing to call them on */
export function usbTable(): Table {
  const table = new Table();
  const usb = new UsbCalls(table);
  usb.device("the first call", "init");
  const listed = usb.device<[UsbDevice, unknown, unknown][]>("the devices", "list-devices");
  const device = listed?.[0]?.[0];
  if (device === undefined) throw new Error("The board wires no USB device to this component.");
  describes(usb, device);
  comesAndGoes(usb);
  const handle = usb.plugged<DeviceHandle>("opened", device, "open");
  const other = usb.plugged<DeviceHandle>("opened twice", device, "open");
  if (handle === undefined || other === undefined) throw new Error("The USB device cannot be opened.");
  sharesInterfaces(usb, handle, other);
  usbTransfers(usb, handle);
  streams(usb, handle);
  usb.opened("an interface is given back", handle, "release-interface", 0);
  usb.opened("the operating system's driver has it again", handle, "kernel-driver-active", 0);
  configures(usb, device, handle);
  usb.opened("closed", handle, "close");
  usb.opened("closed again", handle, "close");
  usb.opened("a call after closing", handle, "get-configuration");
  usb.made("a transfer after closing", handle, "bulk", bulkIn, { length: 64 });
  usb.opened("the other handle works on", other, "get-configuration");
  usb.opened("the other handle is closed", other, "close");
  return table;
}

function describes(usb: UsbCalls, device: UsbDevice): void {
  usb.plugged("the first configuration", device, "get-configuration-descriptor", 0);
  usb.plugged("the second configuration", device, "get-configuration-descriptor", 1);
  usb.plugged("a malformed configuration", device, "get-configuration-descriptor", 2);
  usb.plugged("a configuration that is not there", device, "get-configuration-descriptor", 3);
  usb.plugged("the configuration with value 2", device, "get-configuration-descriptor-by-value", 2);
  usb.plugged("the configuration with value 9", device, "get-configuration-descriptor-by-value", 9);
  usb.plugged("the chosen configuration", device, "get-active-configuration-descriptor");
}

function comesAndGoes(usb: UsbCalls): void {
  usb.hotplug("events that nobody collects", "poll-events");
  usb.hotplug("events are collected", "enable-hotplug");
  usb.hotplug("the arrival", "poll-events");
  usb.hotplug("nothing more has happened", "poll-events");
}

function sharesInterfaces(usb: UsbCalls, handle: DeviceHandle, other: DeviceHandle): void {
  const opened = (name: string, method: string, ...parameters: unknown[]) =>
    usb.opened(name, handle, method, ...parameters);
  opened("the configuration", "get-configuration");
  opened("a setting of what is not claimed", "set-interface-altsetting", 0, 1);
  opened("what is not claimed is given back", "release-interface", 0);
  opened("the halt of an endpoint that is not claimed", "clear-halt", bulkIn);
  opened("a stream of an endpoint that is not claimed", "alloc-streams", 4, Uint8Array.of(bulkIn));
  opened("a driver of the operating system has it", "kernel-driver-active", 0);
  opened("it is taken from the driver", "detach-kernel-driver", 0);
  opened("it is taken from nobody", "detach-kernel-driver", 0);
  opened("nobody has it", "kernel-driver-active", 0);
  opened("it is given to the driver", "attach-kernel-driver", 0);
  opened("it is given to the driver twice", "attach-kernel-driver", 0);
  opened("it is claimed, and so taken from the driver", "claim-interface", 0);
  opened("it is claimed again", "claim-interface", 0);
  opened("the driver has it no more", "kernel-driver-active", 0);
  opened("what is claimed is given to the driver", "attach-kernel-driver", 0);
  usb.opened("another handle claims it", other, "claim-interface", 0);
  opened("an interface that is not granted", "claim-interface", 1);
  opened("the driver of one that is not granted", "kernel-driver-active", 1);
  opened("one that is not granted is taken from its driver", "detach-kernel-driver", 1);
  opened("one that is not granted is given to its driver", "attach-kernel-driver", 1);
  opened("one that is not granted is given back", "release-interface", 1);
  opened("a setting of one that is not granted", "set-interface-altsetting", 1, 0);
  opened("the halt of an endpoint that is not granted", "clear-halt", foreignIn);
  opened("a setting", "set-interface-altsetting", 0, 1);
  opened("a setting that is not there", "set-interface-altsetting", 0, 7);
  opened("a configuration while an interface is claimed", "set-configuration", { tag: "value", val: 2 });
}

function streams(usb: UsbCalls, handle: DeviceHandle): void {
  const both = Uint8Array.of(bulkIn, bulkOut);
  usb.transferred("a stream that is not there", handle, "bulk", bulkIn, { length: 8, streamId: 1 });
  usb.opened("streams", handle, "alloc-streams", 4, both);
  usb.transferred("on stream 2", handle, "bulk", bulkOut, { streamId: 2 }, Uint8Array.of(2));
  usb.transferred("from stream 2", handle, "bulk", bulkIn, { length: 8, streamId: 2 });
  usb.opened("streams are freed", handle, "free-streams", both);
  usb.opened("more streams than there are", handle, "alloc-streams", 17, both);
  usb.opened("no stream", handle, "alloc-streams", 0, both);
  usb.opened("streams of no endpoint", handle, "alloc-streams", 4, new Uint8Array());
  usb.opened("streams of an endpoint that is not granted", handle, "free-streams", Uint8Array.of(foreignIn));
}

function configures(usb: UsbCalls, device: UsbDevice, handle: DeviceHandle): void {
  const choose = (name: string, value: number) =>
    usb.opened(name, handle, "set-configuration", { tag: "value", val: value });
  choose("a configuration while the driver has an interface", 2);
  usb.opened("it is taken from the driver once more", handle, "detach-kernel-driver", 0);
  choose("another configuration", 2);
  usb.opened("the other configuration", handle, "get-configuration");
  usb.plugged("its descriptor", device, "get-active-configuration-descriptor");
  choose("a configuration that the device has not", 9);
  usb.opened("no configuration", handle, "set-configuration", { tag: "unconfigured" });
  usb.opened("there is none", handle, "get-configuration");
  usb.plugged("it has no descriptor", device, "get-active-configuration-descriptor");
  usb.opened("without a configuration there is no interface", handle, "claim-interface", 0);
  choose("the first configuration again", 1);
  usb.opened("a reset", handle, "reset-device");
  usb.opened("the configuration is kept", handle, "get-configuration");
}
