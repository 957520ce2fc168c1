/**
 * A component of somebody else's, which knows nothing of busbar: its functions take their handles as parameters, as the
 * drivers do that were published with wasi:i2c (`get-temperature: func(connection: i2c) -> ...`).
 */

import { mainAddressOf } from "../bus/i2c/addresses.ts";
import { i2c } from "../bus/i2c/index.ts";
import type { OpenedI2c } from "../bus/i2c/opened.ts";
import { DelayHandle, type I2cHandle, I2cResource } from "../bus/i2c/wasi-i2c.ts";
import { openedOf } from "../bus/module.ts";
import { GuestResource } from "../component/handles.ts";
import { WrongResource } from "../component/instance.ts";
import { WrongParameter } from "../component/lift.ts";
import { HostError } from "../error.ts";
import { InstanceHandle } from "../instance/handle.ts";
import type { DriverInstance } from "../instance/instance.ts";
import { cut } from "../text.ts";
import { DeviceError } from "./error.ts";

/** In UTF-16 code units. */
const longestPayload = 200;

/** What a component exports, where nothing more is known: functions in interfaces. */
export interface UntypedExports {
  readonly [interfaceName: string]: {
    readonly [functionName: string]: (...parameters: unknown[]) => unknown;
  };
}

/** The functions of a component as a program calls them: all of them asynchronous. */
export type CallableFunctions<Exports> = {
  readonly [Name in keyof Exports]: Exports[Name] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Promise<Awaited<Result>>
    : CallableFunctions<Exports[Name]>;
};

/** A function of a component returned the error of its WIT `result`. */
export class ReturnedError extends Error {
  override readonly name = "ReturnedError";
  /** The component's name in the board file. */
  readonly device: string;
  /** The WIT error value, in the form that {@link CallableComponent.exports} has. */
  readonly payload: unknown;

  constructor(device: string, payload: unknown, options?: ErrorOptions) {
    super(`${device}: the component returned the error ${describe(payload)}`, options);
    this.device = device;
    this.payload = payload;
  }
}

/**
 * One life of such a component, from its start until it traps or the board is closed; then its calls end in
 * `disconnected`, and it is opened again by its name.
 *
 * What it is given is held to its entry of the board, as all drivers are: bus, address, direction, length, rate, and the
 * time that a call may take.
 *
 * ```ts
 * const echo = await board.component<Root>("echo"); // Root: the types of the component's WIT
 * await echo.exports.thermometer.getTemperature(echo.i2c);
 * ```
 */
export class CallableComponent<Exports extends object = UntypedExports> {
  /** Its name in the board file. */
  readonly name: string;
  /**
   * What it exports: interfaces under their whole names and under their last parts, functions in camelCase. Values are as
   * the JavaScript bindings of the component model have them: `u64` is a bigint, a variant `{ tag, val }`, an option the
   * value or undefined, `list<u8>` a Uint8Array. A call waits for the calls before it, and throws ReturnedError, or
   * DeviceError when it did not come to its end: `invalid-argument` for parameters of other types, after which the component
   * goes on.
   */
  readonly exports: CallableFunctions<Exports>;
  readonly #instance: DriverInstance;

  private constructor(name: string, instance: DriverInstance, exports: CallableFunctions<Exports>) {
    this.name = name;
    this.#instance = instance;
    this.exports = exports;
  }

  /**
   * Opens the component of a running instance.
   *
   * @throws HostError with code "component" when it exports resources, which live longer than a call
   */
  static async open<Exports extends object>(
    name: string,
    instance: DriverInstance,
  ): Promise<CallableComponent<Exports>> {
    // In a box: one with a function `then` would be taken for a promise.
    const { functions } = await instance.call((exports) => ({
      functions: callable(name, instance, exports),
    }));
    return new CallableComponent(name, instance, functions as CallableFunctions<Exports>);
  }

  /**
   * A handle of the wired bus for one parameter: `borrow<i2c>` lends it for the call, `i2c` gives it away.
   *
   * @throws HostError with code "board" when the entry has no "i2c"
   */
  get i2c(): I2cHandle {
    return new I2cResource(this.#instance.context, this.#opened) as object as I2cHandle;
  }

  /** A handle of wasi:i2c's delay for one parameter; its waits count as the call's time. */
  get delay(): DelayHandle {
    return new DelayHandle(this.#instance.context);
  }

  /**
   * The address of the wired target, for a parameter that asks for it. Another one is refused by the handle.
   *
   * @throws HostError with code "board" when the entry has no "i2c"
   */
  get address(): number {
    return mainAddressOf(this.#opened.grant);
  }

  get #opened(): OpenedI2c {
    const opened = openedOf(i2c, this.#instance.context.opened);
    if (opened !== undefined) return opened;
    throw new HostError(
      "board",
      `"${this.name}" is wired to no I2C target; add ${i2c.grantLine} to "devices.${this.name}".`,
    );
  }
}

/** The exports with every function called through the instance. What is there under two names is the same under both. */
function callable(
  name: string,
  instance: DriverInstance,
  exports: Record<string, unknown>,
  interfaces = new Map<object, object>(),
): object {
  const known = interfaces.get(exports);
  if (known !== undefined) return known;
  const wrapped: Record<string, unknown> = {};
  interfaces.set(exports, wrapped);
  for (const [key, value] of Object.entries(exports)) {
    if (typeof value === "object" && value !== null) {
      wrapped[key] = callable(name, instance, value as Record<string, unknown>, interfaces);
    } else if (isClass(value)) {
      throw new HostError(
        "component",
        `${name}: the component exports the resource "${key}", which can only be used by a component that imports it; ` +
          "from here, functions are called.",
      );
    } else if (typeof value === "function") {
      wrapped[key] = caller(instance, value as (...parameters: unknown[]) => unknown);
    }
  }
  return wrapped;
}

function caller(instance: DriverInstance, invoke: (...parameters: unknown[]) => unknown) {
  return async (...parameters: unknown[]): Promise<unknown> => {
    const { budget, device } = instance.context;
    for (const handle of parameters) {
      if (!(handle instanceof InstanceHandle)) continue;
      // It would not count for the limits of this one.
      if (instance.alive && !handle.belongsTo(budget)) {
        const val = "a handle of another component, or of an earlier life of this one; take it from this one";
        throw new DeviceError(device, { tag: "invalid-argument", val });
      }
    }
    return instance.call(() => invoke(...parameters), { answer: componentAnswer });
  };
}

/** The error that a component returned, out of what its call threw; undefined when it trapped instead. */
function componentAnswer(device: string, thrown: unknown): Error | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ("payload" in thrown) return new ReturnedError(device, thrown.payload, { cause: thrown });
  if (!(thrown instanceof WrongParameter)) return undefined;
  const { cause } = thrown;
  const val =
    cause instanceof WrongResource
      ? `a parameter has to be a handle "${cause.resource}"; this host has "i2c" and "delay" of this component to give`
      : thrown.message;
  return new DeviceError(device, { tag: "invalid-argument", val }, { cause: thrown });
}

/** A resource is a class. */
function isClass(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof GuestResource;
}

/** A value of any WIT type, for people. It is the component's: of any length, and cut before it is copied. */
function describe(payload: unknown): string {
  if (payload === undefined) return "(without a value)";
  if (typeof payload === "string") return cut(payload, longestPayload);
  return cut(JSON.stringify(beginningOf(payload, { left: longestPayload })), longestPayload);
}

/** As much of a value as a message shows. */
function beginningOf(value: unknown, room: { left: number }): unknown {
  room.left -= 1;
  if (room.left < 0) return "…";
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string") return cut(value, longestPayload);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(
      (value as ArrayLike<unknown> & { slice(from: number, to: number): ArrayLike<unknown> }).slice(
        0,
        longestPayload,
      ),
    );
    return items.map((item) => beginningOf(item, room));
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, beginningOf(item, room)]));
}
