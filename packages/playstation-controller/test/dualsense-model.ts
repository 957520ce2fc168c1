/** A DualSense for the simulated USB: what its firmware would do. */

import { Change } from "@busbar/sim";
import { type UsbDescriptors, type UsbDevice, type UsbSetup, UsbTransferError } from "@busbar/sim/usbip";
import { calibrationOf, dualSense } from "./playstation-play.ts";
import { bytes } from "./support.ts";

/** Its first report; the real one goes on with the maker's own. */
const REPORT_DESCRIPTOR =
  bytes(`05 01 09 05 A1 01 85 01 09 30 09 31 09 32 09 35 09 33 09 34 15 00 26 FF 00 75 08 95 06 81 02
  06 00 FF 09 20 95 39 81 02 85 02 09 23 95 2F 91 02 85 05 09 33 95 28 B1 02 C0`);

/** bmRequestType and bRequest of what it knows (HID 1.11, 7). */
const GET_DESCRIPTOR = 0x8106;
const GET_REPORT = 0xa101;
const CALIBRATION = 0x0305;

export class DualSenseModel implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors = {
    device: Uint8Array.of(18, 1, 0, 2, 0, 0, 0, 64, 0x4c, 0x05, 0xe6, 0x0c, 0, 1, 1, 2, 0, 1),
    configurations: [
      Uint8Array.of(
        ...[9, 2, 41, 0, 1, 1, 0, 0xc0, 250],
        ...[9, 4, 0, 0, 2, 3, 0, 0, 0],
        ...[9, 0x21, 0x11, 0x01, 0, 1, 0x22, REPORT_DESCRIPTOR.length, 0],
        ...[7, 5, 0x84, 3, 64, 0, 6],
        ...[7, 5, 0x03, 3, 64, 0, 6],
      ),
    ],
    strings: ["Sony Interactive Entertainment", "DualSense Wireless Controller"],
  };
  /** The last output report. */
  output: Uint8Array | undefined;
  readonly #reports: Uint8Array[] = [];
  readonly #change = new Change();

  /** Sends an input report. */
  report(report: Uint8Array): void {
    this.#reports.push(report);
    this.#change.tell();
  }

  control({ bmRequestType, bRequest, wValue }: UsbSetup): Uint8Array {
    const request = (bmRequestType << 8) | bRequest;
    if (request === GET_DESCRIPTOR) return REPORT_DESCRIPTOR;
    if (request === GET_REPORT && wValue === CALIBRATION) return calibrationOf(dualSense);
    throw new UsbTransferError("stall", "The controller does not know this request.");
  }

  async transferIn(_endpoint: number, _length: number, signal: AbortSignal): Promise<Uint8Array> {
    while (this.#reports.length === 0) await this.#change.wait(signal);
    return this.#reports.shift()!;
  }

  async transferOut(_endpoint: number, data: Uint8Array): Promise<number> {
    this.output = data;
    return data.length;
  }
}
