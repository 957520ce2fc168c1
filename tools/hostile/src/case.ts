/** What a case is used as: which entry of the board it gets, and what is asked of it. */
export type HostileKind = "sensor" | "display" | "app" | "component";

/** One component that means harm, or was broken, and how it ends. */
export interface HostileCase {
  /** Unique, in words. */
  readonly name: string;
  readonly kind: HostileKind;
  /** What its device is wired to; I2C where it is left out. */
  readonly bus?: "spi";
  /** Its binary, or what stands in its place. Made anew at each call. */
  bytes(): Promise<Uint8Array>;
  /**
   * How it ends: its one sentence without the device's or app's name, which comes before it; "goes on" where it has to work as
   * any other, or may go on for ever without harm to anybody.
   */
  readonly ends: string | RegExp;
  /** Other limits than those of all: {@link hostileLimits}. */
  readonly limits?: {
    readonly callMs?: number;
    readonly memoryMiB?: number;
    readonly transactionsPerSecond?: number;
  };
  /** Whether it is run through the command line, too; "quietly" where that has no reason to tell of it before it ends. */
  readonly byCommand?: boolean | "quietly";
}

/** Whether a sentence is the one that a case ends in. */
export function endsSo({ ends }: HostileCase, sentence: string): boolean {
  return typeof ends === "string" ? sentence === ends : ends.test(sentence);
}

/** The limits of every hostile device. */
export const hostileLimits = { callMs: 300, memoryMiB: 16 } as const;

/** `ends` of a case that works, or goes on. */
export const goesOn = "goes on";
