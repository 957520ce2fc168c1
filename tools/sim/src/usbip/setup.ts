import type { UsbSetup } from "@busbar/model";

/** Reads the eight setup bytes, little-endian. */
export function decodeSetup(bytes: Uint8Array): UsbSetup {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return {
    bmRequestType: view.getUint8(0),
    bRequest: view.getUint8(1),
    wValue: view.getUint16(2, true),
    wIndex: view.getUint16(4, true),
    wLength: view.getUint16(6, true),
  };
}
