/// <reference types="node" />

/** What several tests need. */

import { readFileSync } from "node:fs";
import { VirtualClock } from "@busbar/sim";
import { UsbCamera } from "../src/model.ts";

export const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

interface ConfigurationVector {
  readonly name: string;
  readonly configuration_hex: string;
}

const vectors = new URL("../../guest/test/vectors/usb_config_descriptors.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(vectors, "utf8")) as {
  readonly cases: readonly ConfigurationVector[];
};

/** The configuration descriptor of a real camera: packages/guest/test/vectors. */
export function realCamera(name: string): Uint8Array {
  const found = cases.find((each) => each.name === name);
  if (found === undefined) throw new RangeError(`there is no vector ${name}`);
  return bytes(found.configuration_hex);
}

/** The cameras of the vectors. */
export const realCameras = [
  "espusb_uvc_elp_h264_cfg_desc",
  "espusb_uvc_dual_tusb_cfg_desc",
  "espusb_uvc_logitech_streamcam_cfg_desc",
  "espusb_uvc_old_Logitech_C980",
  "usbmon_dev3",
] as const;

/** The configuration descriptor of the simulated camera. */
export function simulatedCamera(transfer: "isochronous" | "bulk"): Uint8Array {
  return new UsbCamera({ clock: new VirtualClock(), transfer }).descriptors.configurations[0]!;
}

/** What a payload's header says; everything else is not set. */
export interface Header {
  readonly fid?: 0 | 1;
  readonly eof?: boolean;
  readonly error?: boolean;
  readonly still?: boolean;
  /** Whether the clock fields are there. */
  readonly clock?: boolean;
}

/** A payload as a camera would send it. UVC 1.5 section 2.4.3.3. */
export function payload(
  { fid = 0, eof, error, still, clock }: Header,
  data: ArrayLike<number> = [],
): Uint8Array {
  const info = fid | (eof ? 2 : 0) | (clock ? 0x0c : 0) | (still ? 0x20 : 0) | (error ? 0x40 : 0) | 0x80;
  const fields = clock ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [];
  return Uint8Array.from([2 + fields.length, info, ...fields, ...Array.from(data)]);
}

/** A picture that begins as JPEG does, and ends with its number. */
export function picture(number: number, length = 10): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => [0xff, 0xd8][index] ?? (number + index) & 0xff);
}
