import type { I2cOperation } from "../bus/i2c/backend.ts";
import type { UsbGrant } from "../bus/usb/grant.ts";
import { interfacesOf, neededAllowances, type UsbCall, type UsbFacts } from "../bus/usb/judge.ts";
import type { Clock } from "../clock.ts";

/** What a device needed of its entry while that was not enforced: `leastEntry` makes the entry out of it. As JSON has it. */
export interface DeviceUse {
  /** The most transactions, or submitted USB transfers, in any second; 0 where there were none. */
  readonly transactionsPerSecond: number;
  /** Absent where no I2C transaction was made. */
  readonly i2c?: I2cUseMade;
  /** Absent where no USB call was made. */
  readonly usb?: UsbUseMade;
}

/** What was done on an I2C target. */
export interface I2cUseMade {
  readonly reads: boolean;
  readonly writes: boolean;
  /** In bytes, of one read or write. */
  readonly maximumLength: number;
}

/** What was done with a USB device. */
export interface UsbUseMade {
  /** Granted, and used. In ascending order. */
  readonly interfaces: readonly number[];
  /** Granted, and not used. */
  readonly unused: readonly number[];
  /** What of `allow` it needed. */
  readonly allow: readonly UsbGrant["allow"][number][];
  /** In bytes, of one transfer. */
  readonly maximumLength: number;
  /** The most at a time. */
  readonly maximumTransfers: number;
}

const windowMs = 1_000;

/** Notes what a device uses. One for a device as long as its entry stays, as its quota is. */
export class UseRecorder {
  readonly #clock: Clock;
  readonly #times: number[] = [];
  /** Of `#times`, where the last second begins. */
  #oldest = 0;
  #perSecond = 0;
  #i2c: I2cUseMade | undefined;
  readonly #interfaces = new Set<number>();
  readonly #granted = new Set<number>();
  readonly #allow = new Set<UsbGrant["allow"][number]>();
  #usbLength = 0;
  #mostTransfers = 0;
  #usbUsed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An I2C transaction, or a submitted USB transfer. */
  transaction(): void {
    const now = this.#clock.now();
    this.#times.push(now);
    while (now - this.#times[this.#oldest]! >= windowMs) this.#oldest += 1;
    this.#perSecond = Math.max(this.#perSecond, this.#times.length - this.#oldest);
    // The half that is over goes now and then, not with each transaction.
    if (this.#oldest > 1_000 && this.#oldest * 2 > this.#times.length) {
      this.#times.splice(0, this.#oldest);
      this.#oldest = 0;
    }
  }

  /** What an I2C transaction is made of. */
  operations(operations: readonly I2cOperation[]): void {
    let { reads, writes, maximumLength } = this.#i2c ?? { reads: false, writes: false, maximumLength: 0 };
    for (const operation of operations) {
      if (operation.kind === "read") reads = true;
      else writes = true;
      const length = operation.kind === "read" ? operation.length : operation.data.length;
      maximumLength = Math.max(maximumLength, length);
    }
    if (operations.length > 0) this.#i2c = { reads, writes, maximumLength };
  }

  /** A USB call that was allowed. */
  usb(grant: UsbGrant, facts: UsbFacts, call: UsbCall): void {
    this.#usbUsed = true;
    const { used, granted } = interfacesOf(grant, facts, call);
    for (const number of granted) this.#granted.add(number);
    for (const number of used) this.#interfaces.add(number);
    for (const each of neededAllowances(grant, facts, call)) this.#allow.add(each);
    if ("length" in call) this.#usbLength = Math.max(this.#usbLength, call.length);
  }

  /** So many USB transfers exist now. */
  transfers(count: number): void {
    this.#mostTransfers = Math.max(this.#mostTransfers, count);
  }

  /** What was noted so far. */
  get use(): DeviceUse {
    const interfaces = [...this.#interfaces].sort((one, other) => one - other);
    return {
      transactionsPerSecond: this.#perSecond,
      ...(this.#i2c && { i2c: this.#i2c }),
      ...(this.#usbUsed && {
        usb: {
          interfaces,
          unused: [...this.#granted].filter((number) => !this.#interfaces.has(number)),
          allow: [...this.#allow].sort(),
          maximumLength: this.#usbLength,
          maximumTransfers: this.#mostTransfers,
        },
      }),
    };
  }
}

/** What two runs needed together. */
export function mergeUse(one: DeviceUse, other: DeviceUse): DeviceUse {
  const i2c = both(one.i2c, other.i2c, (left, right) => ({
    reads: left.reads || right.reads,
    writes: left.writes || right.writes,
    maximumLength: Math.max(left.maximumLength, right.maximumLength),
  }));
  const usb = both(one.usb, other.usb, (left, right) => {
    const interfaces = union(left.interfaces, right.interfaces).sort((first, second) => first - second);
    return {
      interfaces,
      unused: union(left.unused, right.unused).filter((number) => !interfaces.includes(number)),
      allow: union(left.allow, right.allow).sort(),
      maximumLength: Math.max(left.maximumLength, right.maximumLength),
      maximumTransfers: Math.max(left.maximumTransfers, right.maximumTransfers),
    };
  });
  return {
    transactionsPerSecond: Math.max(one.transactionsPerSecond, other.transactionsPerSecond),
    ...(i2c && { i2c }),
    ...(usb && { usb }),
  };
}

function both<Value>(
  one: Value | undefined,
  other: Value | undefined,
  merge: (one: Value, other: Value) => Value,
): Value | undefined {
  return one === undefined || other === undefined ? (one ?? other) : merge(one, other);
}

function union<Value>(one: readonly Value[], other: readonly Value[]): Value[] {
  return [...new Set([...one, ...other])];
}
