/** The one error of drivers, and how what the host reports becomes one. */

import type { BusFaultKind, DeviceError, GpioError, I2cErrorCode, NoAcknowledgeSource } from "./wit.ts";

/** What the kinds of bus fault mean to a person. */
const busFaultTexts: Readonly<Record<BusFaultKind, string>> = {
  bus: "the bus misbehaved; check that no line is held low",
  "arbitration-loss": "another controller won the bus",
  "no-acknowledge-address": "nothing acknowledged the address; check wiring, power and address",
  "no-acknowledge-data": "the device refused a data byte",
  "no-acknowledge": "a byte was not acknowledged; check wiring, power and address",
  overrun: "the controller lost data",
  other: "the bus gave no other reason; see the host's audit trail and log",
};

/**
 * A failure that the caller of a driver can act on. `payload` is exactly the WIT value, busbar:device/errors `error`;
 * the message is the same for people. A bug in a driver is any other exception, and traps.
 */
export class DriverError extends Error {
  override readonly name = "DriverError";
  /** The WIT value. */
  readonly payload: DeviceError;

  /** @param options `cause`: what this error was made of */
  constructor(payload: DeviceError, options?: ErrorOptions) {
    super(
      payload.tag === "bus" ? `${payload.val.message}: ${busFaultTexts[payload.val.kind]}` : payload.val,
      options,
    );
    this.payload = payload;
  }

  /** No device of this name. `message`: one sentence that says what to do about it, as in all that follow. */
  static notFound(message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "not-found", val: message }, options);
  }

  /** The device exists, but not for this caller. */
  static accessDenied(message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "access-denied", val: message }, options);
  }

  /** Something answers, but it is another part: the message has the expected and the found identity. */
  static wrongDevice(message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "wrong-device", val: message }, options);
  }

  /** A bus transaction failed. `message`: what the driver was doing, "reading 8 bytes from register 0xF7". */
  static bus(kind: BusFaultKind, message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "bus", val: { kind, message } }, options);
  }

  /** The device did not get ready in the time that its data sheet gives. */
  static timeout(message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "timeout", val: message }, options);
  }

  /** The device answered, but not as its data sheet or specification says. */
  static protocol(message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "protocol", val: message }, options);
  }

  /** A setting or an argument is out of its range. */
  static invalidArgument(message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "invalid-argument", val: message }, options);
  }

  /** This device, or this host, cannot do that. */
  static unsupported(message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "unsupported", val: message }, options);
  }

  /** The device or its driver is gone. */
  static disconnected(message: string, options?: ErrorOptions): DriverError {
    return new DriverError({ tag: "disconnected", val: message }, options);
  }
}

/** Every case of wasi:i2c's `error-code`; the source of a missing acknowledge is a part of the key. */
type I2cErrorKey = Exclude<I2cErrorCode["tag"], "no-acknowledge"> | `no-acknowledge ${NoAcknowledgeSource}`;

const busFaultKinds: Readonly<Record<I2cErrorKey, BusFaultKind>> = {
  bus: "bus",
  "arbitration-loss": "arbitration-loss",
  "no-acknowledge address": "no-acknowledge-address",
  "no-acknowledge data": "no-acknowledge-data",
  "no-acknowledge unknown": "no-acknowledge",
  overrun: "overrun",
  other: "other",
};

/**
 * Turns what a call of wasi:i2c threw into a `bus` error.
 *
 * @param error an Error whose `payload` is a wasi:i2c `error-code`, as both engines make it; a DriverError is
 *   returned as it is
 * @param doing what the driver was doing: "reading 8 bytes from register 0xF7"
 * @throws `error` itself when it is neither: that is a bug, and must not look like a fault of the bus
 */
export function i2cFault(error: unknown, doing: string): DriverError {
  if (error instanceof DriverError) return error;
  const { tag, val } = payloadOf(error);
  const key = tag === "no-acknowledge" ? `no-acknowledge ${val}` : tag;
  if (typeof key !== "string" || !Object.hasOwn(busFaultKinds, key)) throw error;
  return DriverError.bus(busFaultKinds[key as I2cErrorKey], doing, { cause: error });
}

/** What a case of wasi:gpio's `gpio-error` is to who called the driver. */
const gpioFaults: Readonly<
  Record<GpioError["tag"], (message: string, options: ErrorOptions) => DriverError>
> = {
  "hardware-fault": (message, options) => DriverError.bus("bus", message, options),
  "already-in-use": DriverError.accessDenied,
  "pin-not-allowed": DriverError.accessDenied,
  "pin-mode-not-allowed": DriverError.accessDenied,
  "undefined-pin-label": DriverError.notFound,
  "pin-mode-not-available": DriverError.unsupported,
  "would-block": DriverError.timeout,
  "operation-not-supported": DriverError.unsupported,
  other: (message, options) => DriverError.bus("other", message, options),
};

/** What the cases mean to a person, where a `bus` error does not say it. */
const gpioTexts: Readonly<Partial<Record<GpioError["tag"], string>>> = {
  "already-in-use": "something else uses it",
  "pin-not-allowed": 'the board does not grant it; add it to the "lines" of the device',
  "pin-mode-not-allowed": 'the board does not grant it in this direction; change its "direction"',
  "undefined-pin-label": "there is no such line",
  "pin-mode-not-available": "its controller does not have this direction",
  "would-block": "its controller was not ready",
  "operation-not-supported": "its controller cannot do that",
};

/**
 * Turns what a call of wasi:gpio or busbar:board/gpio threw into a DriverError.
 *
 * @param error an Error whose `payload` is a wasi:gpio `gpio-error`; a DriverError is returned as it is
 * @param doing what the driver was doing: 'reading the line "echo"'
 * @throws `error` itself when it is neither: that is a bug, and must not look like a fault of the line
 */
export function gpioFault(error: unknown, doing: string): DriverError {
  if (error instanceof DriverError) return error;
  const { tag, val } = payloadOf(error);
  if (typeof tag !== "string" || !Object.hasOwn(gpioFaults, tag)) throw error;
  const known = tag as GpioError["tag"];
  const text = typeof val === "string" ? val : gpioTexts[known];
  const message = text === undefined ? doing : `${capitalized(doing)} failed: ${text.replace(/\.$/, "")}`;
  // The message of a `bus` error goes on: whoever shows it says what its kind means.
  const goesOn = known === "hardware-fault" || known === "other";
  return gpioFaults[known](goesOn ? message : `${message}.`, { cause: error });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * A target knows only bytes: says of its `bus` error what a driver was doing with them. Any other error is returned as
 * it is.
 *
 * @param error what a method of I2cTarget threw
 * @param doing "reading 8 bytes from register 0xF7 of 0x76"
 */
export function busFaultWhile(error: unknown, doing: string): unknown {
  if (!(error instanceof DriverError) || error.payload.tag !== "bus") return error;
  return DriverError.bus(error.payload.val.kind, doing, { cause: error });
}

/**
 * Turns what a call of busbar:board threw into `not-found` or `access-denied`.
 *
 * @throws `error` itself when it is no error of busbar:board
 */
export function boardFault(error: unknown): DriverError {
  const { tag, val } = payloadOf(error);
  if (typeof val === "string") {
    if (tag === "not-found") return DriverError.notFound(val, { cause: error });
    if (tag === "access-denied") return DriverError.accessDenied(val, { cause: error });
  }
  throw error;
}

/**
 * The WIT variant of an error that an import threw, as far as it has one. StarlingMonkey's errors are another realm's: `instanceof` is
 * of no use.
 */
export function payloadOf(error: unknown): { readonly tag?: unknown; readonly val?: unknown } {
  const payload = (error as { payload?: unknown } | null | undefined)?.payload;
  return typeof payload === "object" && payload !== null ? payload : {};
}

/**
 * Runs the body of an exported WIT function. A DriverError becomes the function's WIT error. Anything else is a bug:
 * it traps, and the host replaces the instance.
 *
 * @param payloadOf makes the WIT error of a function whose error type is another than busbar:device/errors
 */
export function exported<Result>(
  body: () => Result,
  payloadOf: (error: DriverError) => unknown = ({ payload }) => payload,
): Result {
  try {
    return body();
  } catch (error) {
    if (error instanceof DriverError) throw payloadOf(error);
    // Engines take any exception with a `payload` for a WIT error; wrapped, it can only be a bug.
    throw new Error(`a bug in the driver: ${error}`, { cause: error });
  }
}

const deviceErrors: ReadonlySet<unknown> = new Set<DeviceError["tag"]>([
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

/**
 * For apps: turns what a call of busbar:device threw into a DriverError.
 *
 * @throws `error` itself when it is no error of busbar:device
 */
export function deviceFault(error: unknown): DriverError {
  const payload = payloadOf(error);
  if (!deviceErrors.has(payload.tag)) throw error;
  return new DriverError(payload as DeviceError, { cause: error });
}
