/** A transfer that is under way. */

import { UsbFault, usbFault } from "./usb-errors.ts";
import type { WasiUsbTransfer } from "./wit.ts";

/** How a packet of an isochronous transfer ended: `iso-packet-status` of wit/shapes/transfer-result. */
export type IsoPacketStatus =
  | "success"
  | "error"
  | "timed-out"
  | "cancelled"
  | "stall"
  | "no-device"
  | "overflow";

/** `transfer-result` of wit/shapes/transfer-result. */
export interface TransferResult {
  /** What the packets brought, one after the other. */
  readonly data: Uint8Array;
  /** Empty for all but isochronous transfers. */
  readonly packets: readonly { readonly actualLength: number; readonly status: IsoPacketStatus }[];
}

/** One packet of an isochronous transfer. */
export interface IsoPacket {
  /** What it brought; empty where it brought nothing. */
  readonly data: Uint8Array;
  /** Whether it is all that the device sent. */
  readonly isWhole: boolean;
}

/**
 * Waits for a transfer: component:usb/transfers `await-transfer`. What it gives depends on the shape of the interface that the
 * component was built for.
 */
export type AwaitTransfer = (transfer: WasiUsbTransfer) => Uint8Array | TransferResult;

/**
 * A transfer that was submitted. It is waited for once; dropping one that nobody waits for cancels it.
 *
 * @example using pending = device.submitIn(0x81, 512);
 */
export class PendingTransfer implements Disposable {
  readonly #await: AwaitTransfer;
  readonly #doing: () => string;
  #transfer: WasiUsbTransfer | undefined;

  /** @param doing asked only for a message: "reading 512 bytes from endpoint 0x81" */
  constructor(transfer: WasiUsbTransfer, awaitTransfer: AwaitTransfer, doing: () => string) {
    this.#transfer = transfer;
    this.#await = awaitTransfer;
    this.#doing = doing;
  }

  /**
   * Waits until it has ended.
   *
   * @returns what was received; for a transfer in OUT direction, as many bytes without meaning as were sent
   * @throws UsbFault
   */
  wait(): Uint8Array {
    const result = this.#result();
    return "packets" in result ? result.data : result;
  }

  /**
   * Waits until an isochronous transfer has ended.
   *
   * @returns its packets in order, where the component was built for the shape "transfer-result" (wit/shapes)
   * @throws UsbFault; DriverError `unsupported` where it was built for another one, `protocol` for packets that cannot be
   */
  waitPackets(): IsoPacket[] {
    const result = this.#result();
    if (!("packets" in result)) {
      throw new UsbFault("not-supported", `${this.#doing()}, packet by packet,`);
    }
    const { data, packets } = result;
    let offset = 0;
    return packets.map(({ actualLength, status }) => {
      // QuickJS gives a u32 of 2^31 and more as a negative number; no packet is as long.
      const end = offset + (actualLength >>> 0);
      if (end > data.length) throw new UsbFault("overflow", this.#doing());
      const packet = { data: data.subarray(offset, end), isWhole: status === "success" };
      offset = end;
      return packet;
    });
  }

  #result(): Uint8Array | TransferResult {
    const transfer = this.#transfer;
    if (transfer === undefined) throw new RangeError("a transfer can be waited for once");
    // `await-transfer` owns it from now on.
    this.#transfer = undefined;
    try {
      return this.#await(transfer);
    } catch (error) {
      throw usbFault(error, this.#doing());
    }
  }

  /** Asks for its end, after which `wait` throws `interrupted`, or returns what had come before. */
  cancel(): void {
    try {
      this.#transfer?.cancelTransfer();
    } catch (error) {
      throw usbFault(error, `cancelling: ${this.#doing()}`);
    }
  }

  /** Cancels it where nobody has waited for it. */
  [Symbol.dispose](): void {
    const transfer = this.#transfer;
    this.#transfer = undefined;
    transfer?.[Symbol.dispose]();
  }
}
