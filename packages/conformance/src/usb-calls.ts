/** Calls of component:usb, each a row of the table. */

import * as device from "component:usb/device@0.2.1";
import * as transfers from "component:usb/transfers@0.2.1";
import * as hotplug from "component:usb/usb-hotplug@0.2.1";
import type { Table } from "./table.ts";

/** What a transfer is made of, where it is not as most are. */
export interface TransferParts {
  readonly bmRequestType?: number;
  readonly bRequest?: number;
  readonly wValue?: number;
  readonly wIndex?: number;
  readonly length?: number;
  /** 1000 where it is left out: what is not answered ends the test. */
  readonly timeoutMs?: number;
  readonly streamId?: number;
  readonly isoPackets?: number;
}

/** Calls component:usb, and writes each call down. */
export class UsbCalls {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** A function of component:usb/device. */
  device<Result>(name: string, called: string, ...parameters: unknown[]): Result | undefined {
    return this.#table.call(name, device, `component:usb/device ${called}`, ...parameters);
  }

  /** A function of component:usb/usb-hotplug. */
  hotplug<Result>(name: string, called: string): Result | undefined {
    return this.#table.call(name, hotplug, `component:usb/usb-hotplug ${called}`);
  }

  /** A method of a device that is plugged in. */
  plugged<Result>(name: string, of: device.UsbDevice, method: string, ...parameters: unknown[]) {
    return this.#table.call<Result>(
      name,
      of,
      `component:usb/device [method]usb-device.${method}`,
      ...parameters,
    );
  }

  /** A method of a device that is opened. */
  opened<Result>(name: string, of: device.DeviceHandle, method: string, ...parameters: unknown[]) {
    const called = `component:usb/device [method]device-handle.${method}`;
    return this.#table.call<Result>(name, of, called, ...parameters);
  }

  /** Makes a transfer. */
  made(
    name: string,
    handle: device.DeviceHandle,
    type: transfers.TransferType,
    endpoint: number,
    parts: TransferParts = {},
  ) {
    const { bmRequestType = 0, bRequest = 0, wValue = 0, wIndex = 0, length = 0 } = parts;
    const { timeoutMs = 1000, streamId = 0, isoPackets = 0 } = parts;
    const setup = { bmRequestType, bRequest, wValue, wIndex };
    const options = { endpoint, timeoutMs, streamId, isoPackets };
    return this.opened<transfers.Transfer>(name, handle, "new-transfer", type, setup, length, options);
  }

  /** Submits a transfer. @param data what is sent; nothing for one in IN direction */
  submitted(name: string, transfer: transfers.Transfer, data: Uint8Array = new Uint8Array()): void {
    this.#transfer(name, transfer, "submit-transfer", data);
  }

  /** Asks for the end of a transfer. */
  cancelled(name: string, transfer: transfers.Transfer): void {
    this.#transfer(name, transfer, "cancel-transfer");
  }

  /** Waits for a transfer. */
  awaited(name: string, transfer: transfers.Transfer): void {
    this.#table.call(name, transfers, "component:usb/transfers await-transfer", transfer);
  }

  /** Makes, submits and awaits a transfer, as far as that goes. Its name is followed by what is done. */
  transferred(
    name: string,
    handle: device.DeviceHandle,
    type: transfers.TransferType,
    endpoint: number,
    parts: TransferParts = {},
    data: Uint8Array = new Uint8Array(),
  ): void {
    const transfer = this.made(`${name}: made`, handle, type, endpoint, { length: data.length, ...parts });
    if (transfer === undefined) return;
    this.submitted(`${name}: submitted`, transfer, data);
    this.awaited(`${name}: awaited`, transfer);
  }

  #transfer(name: string, of: transfers.Transfer, method: string, ...parameters: unknown[]): void {
    this.#table.call(name, of, `component:usb/transfers [method]transfer.${method}`, ...parameters);
  }
}
