/** Controllers for `UsbPlayback`, and what the driver does with them until it is open. */

import type { ExpectedUsbStep, PlaybackDevice } from "@busbar/guest/usb-playback";
import { bytes } from "./support.ts";

/** How many transfers the driver keeps waiting. */
const QUEUE = 8;
const interrupt = { attributes: 3, maxPacketSize: 32 };

/** A controller, and what opening it sends. */
export interface Played {
  readonly device: PlaybackDevice;
  readonly start: readonly ExpectedUsbStep[];
}

export const out = (hex: string): ExpectedUsbStep => ({ endpoint: 0x02, out: bytes(hex) });
export const input = (hex = ""): ExpectedUsbStep => ({ endpoint: 0x81, in: bytes(hex), length: 64 });

function controller(protocol: readonly [number, number], productId: number): PlaybackDevice {
  const [interfaceSubclass, interfaceProtocol] = protocol;
  return {
    descriptor: { vendorId: 0x045e, productId, deviceVersionBcd: 0x0114 },
    interfaces: [
      {
        interfaceSubclass,
        interfaceProtocol,
        endpoints: [
          { endpointAddress: 0x81, ...interrupt },
          { endpointAddress: 0x02, ...interrupt },
        ],
      },
      { interfaceSubclass, interfaceProtocol, endpoints: [] },
    ],
  };
}

/** Wakes it, and lights the first quarter of its ring. */
export const xbox360: Played = {
  device: controller([0x5d, 0x01], 0x028e),
  start: [{ control: [0xc1, 0x01, 0x0100, 0], in: new Uint8Array(20), length: 20 }, out("01 03 06")],
};
/** Power on, light on, and no proof of origin. */
export const xboxOne: Played = {
  device: controller([0x47, 0xd0], 0x02dd),
  start: [out("05 20 01 01 00"), out("0A 20 02 03 00 01 14"), out("06 20 03 02 01 00")],
};

/** What happens until the driver is open and its transfers wait. `messages`: what the first of them bring. */
export const opening = ({ start }: Played, messages: readonly string[] = []): ExpectedUsbStep[] => [
  ...start,
  ...Array.from({ length: QUEUE }, (_, index) => input(messages[index])),
];
