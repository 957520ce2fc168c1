import { cut } from "../text.ts";

/** What went wrong on a bus: busbar:device/errors `bus-fault-kind`. */
export type BusFaultKind =
  | "bus"
  | "arbitration-loss"
  | "no-acknowledge-address"
  | "no-acknowledge-data"
  | "no-acknowledge"
  | "overrun"
  | "other";

/** busbar:device/errors `error`, written as the WIT value. */
export type DeviceErrorPayload =
  | { readonly tag: "bus"; readonly val: { readonly kind: BusFaultKind; readonly message: string } }
  | {
      readonly tag:
        | "not-found"
        | "access-denied"
        | "wrong-device"
        | "timeout"
        | "protocol"
        | "invalid-argument"
        | "unsupported"
        | "disconnected";
      readonly val: string;
    };

/** A driver says in a sentence what is wrong; in UTF-16 code units. */
const longestMessage = 2_000;

const tags: ReadonlySet<string> = new Set<DeviceErrorPayload["tag"]>([
  "not-found",
  "access-denied",
  "wrong-device",
  "bus",
  "timeout",
  "protocol",
  "invalid-argument",
  "unsupported",
  "disconnected",
]);

/** What a device interface answers instead of a value. `payload` is exactly the WIT error. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
  /** The device's name in the board file. */
  readonly device: string;
  readonly payload: DeviceErrorPayload;

  constructor(device: string, payload: DeviceErrorPayload, options?: ErrorOptions) {
    const text = payload.tag === "bus" ? `${payload.val.message} (${payload.val.kind})` : payload.val;
    super(`${device}: ${text}`, options);
    this.device = device;
    this.payload = payload;
  }

  /** The case of the WIT error. */
  get code(): DeviceErrorPayload["tag"] {
    return this.payload.tag;
  }
}

/** The error that a guest's device interface returned, out of what its call threw; undefined when it trapped instead. */
export function deviceAnswer(device: string, thrown: unknown): DeviceError | undefined {
  if (!(thrown instanceof Error) || !("payload" in thrown)) return undefined;
  const payload = thrown.payload as Partial<DeviceErrorPayload> | undefined;
  if (payload?.tag === undefined || !tags.has(payload.tag)) return undefined;
  return new DeviceError(device, cutPayload(payload as DeviceErrorPayload), { cause: thrown });
}

function cutPayload(payload: DeviceErrorPayload): DeviceErrorPayload {
  if (payload.tag !== "bus") return { tag: payload.tag, val: cut(payload.val, longestMessage) };
  const { kind, message } = payload.val;
  return { tag: "bus", val: { kind, message: cut(message, longestMessage) } };
}
