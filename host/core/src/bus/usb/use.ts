import * as v from "valibot";
import type { Taken } from "../../grants/rate.ts";
import { type BusCounts, count } from "../counts.ts";
import { mostUsbTransfers, type UsbGrant, type WrittenUsbGrant } from "./grant.ts";
import { interfacesOf, neededAllowances, type UsbCall, type UsbFacts } from "./judge.ts";

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

/** Notes what a device uses. One for an entry as long as that stays. */
class UsbUseRecorder {
  readonly #interfaces = new Set<number>();
  readonly #granted = new Set<number>();
  readonly #allow = new Set<UsbGrant["allow"][number]>();
  #length = 0;
  #mostTransfers = 0;
  #isUsed = false;

  /** A call that was allowed. */
  call(grant: UsbGrant, facts: UsbFacts, call: UsbCall): void {
    this.#isUsed = true;
    const { used, granted } = interfacesOf(grant, facts, call);
    for (const number of granted) this.#granted.add(number);
    for (const number of used) this.#interfaces.add(number);
    for (const each of neededAllowances(grant, facts, call)) this.#allow.add(each);
    if ("length" in call) this.#length = Math.max(this.#length, call.length);
  }

  /** So many transfers exist now. */
  transfers(count: number): void {
    this.#mostTransfers = Math.max(this.#mostTransfers, count);
  }

  get use(): UsbUseMade | undefined {
    if (!this.#isUsed) return undefined;
    return {
      interfaces: [...this.#interfaces].sort((one, other) => one - other),
      unused: [...this.#granted].filter((number) => !this.#interfaces.has(number)),
      allow: [...this.#allow].sort(),
      maximumLength: this.#length,
      maximumTransfers: this.#mostTransfers,
    };
  }
}

/** The transfers that exist of one entry, in all lives of its driver and all runs of apps; and what it needs, where that is noted. */
export class UsbCounts implements BusCounts {
  readonly #grant: UsbGrant;
  readonly #recorder: UsbUseRecorder | undefined;
  #transfers = 0;

  /** @param isRecorded whether the entry is not enforced */
  constructor(grant: UsbGrant, isRecorded: boolean) {
    this.#grant = grant;
    this.#recorder = isRecorded ? new UsbUseRecorder() : undefined;
  }

  /** What was noted so far; undefined where nothing was. */
  get use(): UsbUseMade | undefined {
    return this.#recorder?.use;
  }

  /** Notes a call that was allowed. */
  call(facts: UsbFacts, call: UsbCall): void {
    this.#recorder?.call(this.#grant, facts, call);
  }

  /** Counts a transfer that comes into being. */
  takeTransfer(): Taken {
    const isOver = this.#transfers >= this.#grant.maximumTransfers;
    if (isOver && (this.#recorder === undefined || this.#transfers >= mostUsbTransfers)) return "refused";
    this.#transfers += 1;
    this.#recorder?.transfers(this.#transfers);
    return isOver ? "over" : "taken";
  }

  /** So many transfers are gone. */
  returnTransfers(count: number): void {
    this.#transfers -= count;
  }
}

const interfaces = v.pipe(v.array(v.pipe(count, v.maxValue(255))), v.maxLength(256));

/** What a run recorded of USB, and what is made of it. */
export const usbUse = {
  schema: v.strictObject({
    interfaces,
    unused: interfaces,
    allow: v.array(v.picklist(["set-configuration", "reset", "device-requests", "security-keys"])),
    maximumLength: count,
    maximumTransfers: count,
  }),

  merge(left: UsbUseMade, right: UsbUseMade): UsbUseMade {
    const interfaces = union(left.interfaces, right.interfaces).sort((first, second) => first - second);
    return {
      interfaces,
      unused: union(left.unused, right.unused).filter((number) => !interfaces.includes(number)),
      allow: union(left.allow, right.allow).sort(),
      maximumLength: Math.max(left.maximumLength, right.maximumLength),
      maximumTransfers: Math.max(left.maximumTransfers, right.maximumTransfers),
    };
  },

  least(written: WrittenUsbGrant, use: UsbUseMade): WrittenUsbGrant {
    const { interfaces, unused, allow, maximumLength, maximumTransfers } = use;
    const { allow: _, interfaces: granted, ...device } = written;
    // Where they follow from the class, and all of them are used, it says enough.
    const isListed = granted !== undefined || unused.length > 0;
    const numbers = isListed && interfaces.length > 0 ? [...interfaces] : granted;
    return {
      ...device,
      ...(numbers && { interfaces: numbers }),
      ...(allow.length > 0 && { allow: [...allow] }),
      ...(maximumLength > 0 && { maximumLength }),
      ...(maximumTransfers > 0 && { maximumTransfers }),
    };
  },
};

function union<Value>(one: readonly Value[], other: readonly Value[]): Value[] {
  return [...new Set([...one, ...other])];
}
