/** A camera as a list: what its controls answer, and what each of its transfers brings. */

import { UsbDevice, type UsbHost } from "@busbar/guest";
import { type ExpectedUsbStep, UsbPlayback } from "@busbar/guest/usb-playback";
import { Uvc, type UvcOptions } from "../src/index.ts";
import { simulatedCamera } from "./support.ts";

type Device = ReturnType<UsbHost["listDevices"]>[number][0];
type Handle = ReturnType<Device["open"]>;
type Transfer = ReturnType<Handle["newTransfer"]>;
type TransferType = Parameters<Handle["newTransfer"]>[0];

/** The packets of an isochronous transfer, what a bulk transfer brings, in time or until its time is over, or how it fails. */
export type Brought =
  | readonly (Uint8Array | "lost")[]
  | Uint8Array
  | { readonly cutShort: Uint8Array }
  | "timeout"
  | "pipe"
  | "no-device"
  | "io";

/** What the simulated camera answers to a probe: the mode, and its payload sizes. Table 4-75 of UVC 1.5. */
export function probeAnswer(format: number, frame: number, interval: number, payloadBytes: number): number[] {
  const bytes = new Uint8Array(34);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, format);
  view.setUint8(3, frame);
  view.setUint32(4, interval, true);
  view.setUint32(18, 100_000, true);
  view.setUint32(22, payloadBytes, true);
  return [...bytes];
}

/** SET_CUR of the probe, GET_CUR, SET_CUR of the commit: what starting a mode takes. */
export function negotiation(
  format: number,
  frame: number,
  interval: number,
  payloadBytes = 1024,
): ExpectedUsbStep[] {
  const answer = probeAnswer(format, frame, interval, payloadBytes);
  const asked = new Uint8Array(34);
  const view = new DataView(asked.buffer);
  view.setUint16(0, 1, true);
  view.setUint8(2, format);
  view.setUint8(3, frame);
  view.setUint32(4, interval, true);
  return [
    { control: [0x21, 0x01, 0x0100, 1], out: asked },
    { control: [0xa1, 0x81, 0x0100, 1], in: answer, length: 34 },
    { control: [0x21, 0x01, 0x0200, 1], out: answer },
  ];
}

/** How many transfers a stream has under way. */
export const DEPTHS = { isochronous: 16, bulk: 4 } as const;

/** A driver on a camera whose controls are played, and whose transfers bring `brought`, and nothing after that. */
export function openFake(
  steps: readonly ExpectedUsbStep[],
  brought: readonly Brought[] = [],
  setup: {
    readonly transfer?: "isochronous" | "bulk";
    readonly options?: Partial<UvcOptions>;
    readonly configuration?: Uint8Array;
    /** What await-transfer gives: the proposal's shape has no packets. */
    readonly shape?: "proposal";
    readonly submitError?: string;
  } = {},
) {
  const { transfer = "isochronous", configuration = simulatedCamera(transfer), shape, submitError } = setup;
  const descriptor = { vendorId: 0x1209, productId: 5 };
  const device = { descriptor, interfaces: [], totalLength: configuration.length };
  const read: ExpectedUsbStep = {
    control: [0x80, 6, 0x0200, 0],
    in: configuration,
    length: configuration.length,
  };
  const playback = new UsbPlayback(device, [read, ...steps]);
  const clock = { nowMs: 0, waitMs: () => {} };
  const time = { nowMs: () => clock.nowMs, waitMs: () => {} };
  const left = [...brought];
  const underWay = new Map<Transfer, Brought>();
  const submitted: [TransferType, number, number][] = [];

  function newTransfer(
    ...[type, , length, { endpoint, isoPackets }]: Parameters<Handle["newTransfer"]>
  ): Transfer {
    const made: Transfer = {
      submitTransfer() {
        if (submitError !== undefined) throw Object.assign(new Error(submitError), { payload: submitError });
        submitted.push([type, endpoint, isoPackets > 0 ? length / isoPackets : length]);
        underWay.set(made, left.shift() ?? (type === "bulk" ? "timeout" : []));
      },
      cancelTransfer: () => {},
      [Symbol.dispose]: () => void underWay.delete(made),
    };
    return made;
  }

  function awaitTransfer(made: Transfer) {
    const answer = underWay.get(made);
    if (answer === undefined) return playback.host.awaitTransfer(made);
    underWay.delete(made);
    clock.nowMs += 4;
    if (typeof answer === "string") throw Object.assign(new Error(answer), { payload: answer });
    if (answer instanceof Uint8Array) return answer;
    if ("cutShort" in answer) {
      clock.nowMs += 250;
      return answer.cutShort;
    }
    const pieces = answer.map((each) => (each === "lost" ? new Uint8Array() : each));
    const data = Uint8Array.from(pieces.flatMap((each) => [...each]));
    if (shape === "proposal") return data;
    const packets = answer.map((each, index) => ({
      actualLength: pieces[index]!.length,
      status: each === "lost" ? ("error" as const) : ("success" as const),
    }));
    return { data, packets };
  }

  const host: UsbHost = {
    ...playback.host,
    awaitTransfer,
    listDevices: () =>
      playback.host.listDevices().map(([found, ...rest]) => {
        const open = () => {
          const handle = found.open();
          const make: Handle["newTransfer"] = (type, ...others) =>
            type === "control" ? handle.newTransfer(type, ...others) : newTransfer(type, ...others);
          return { ...handle, newTransfer: make } as Handle;
        };
        return [{ ...found, open } as Device, ...rest];
      }),
  };
  const usb = new UsbDevice(host, "webcam");
  const driver = () => new Uvc(usb, time, { maximumFrameKib: 8192, ...setup.options });
  return {
    playback,
    clock,
    driver,
    submitted,
    underWay: () => underWay.size,
    isUsedUp: () => left.length === 0,
  };
}
