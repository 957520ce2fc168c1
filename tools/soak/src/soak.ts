import { randomOf } from "@busbar/fuzz";
import { DeviceError, HostError } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { VirtualClock } from "@busbar/sim";
import type { Opened, Subject } from "./subject.ts";

/** How many of a hundred operations something goes wrong in. */
const strikesInAHundred = 5;
/** An operation may open the device, whose driver may try again: each call has the board's limit, and there are a few. */
const longestMs = 45_000;
/** How long after the last fault an operation may still fail. */
const recoveryMs = 1000;
/** After so many operations everything is mended, and the driver has to recover. */
const round = 50;

/** What came of it. */
export interface Outcome {
  readonly operations: number;
  readonly strikes: number;
  /** How many operations ended in an error of each kind. */
  readonly errors: ReadonlyMap<string, number>;
  /** The longest operation, in milliseconds of simulated time. */
  readonly slowestMs: number;
  /** The longest time from the last fault to an operation that succeeded. */
  readonly slowestRecoveryMs: number;
  /** What must not happen; empty where all is well. */
  readonly complaints: readonly string[];
}

function isGone(thrown: unknown): boolean {
  return thrown instanceof DeviceError && thrown.code === "disconnected";
}

/** Does `operations` with a driver while its device goes wrong. */
export async function soak(subject: Subject, operations: number, seed: number): Promise<Outcome> {
  const random = randomOf(seed);
  const clock = new VirtualClock();
  const bus = await subject.bus(clock);
  await using board = await openBoard(
    { devices: { it: subject.device } },
    { clock, i2c: bus.i2c, usb: bus.usb },
  );
  const errors = new Map<string, number>();
  const complaints: string[] = [];
  let strikes = 0;
  let slowestMs = 0;
  let slowestRecoveryMs = 0;

  const complain = (what: string) => {
    if (complaints.length < 10) complaints.push(what);
  };
  let opened: Opened | undefined;
  const close = async () => {
    const closed = opened;
    opened = undefined;
    // What could not be written at the end is an error too, and no other than those before.
    try {
      await closed?.[Symbol.asyncDispose]();
    } catch (thrown) {
      if (!(thrown instanceof DeviceError)) throw thrown;
    }
  };
  /** @returns whether it succeeded */
  const operate = async (what: string): Promise<boolean> => {
    const startMs = clock.now();
    try {
      opened ??= await subject.open(board);
      const impossible = await opened.operate(random);
      if (impossible !== undefined) complain(`${what}: ${impossible}`);
      if (random(20) === 0) await close();
      return true;
    } catch (thrown) {
      // An app goes on with what it has for as long as that is not gone, or opens it again; so do half of these.
      if (opened === undefined || isGone(thrown) || random(2) === 0) await close();
      if (!(thrown instanceof DeviceError || thrown instanceof HostError)) throw thrown;
      errors.set(thrown.code, (errors.get(thrown.code) ?? 0) + 1);
      if (thrown instanceof HostError) complain(`${what}: ${thrown.message}`);
      return false;
    } finally {
      const tookMs = clock.now() - startMs;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > longestMs) complain(`${what} took ${Math.round(tookMs)} ms`);
    }
  };

  for (let operation = 1; operation <= operations; operation += 1) {
    let struck = "nothing went wrong";
    if (random(100) < strikesInAHundred) {
      strikes += 1;
      struck = bus.strike(random);
    }
    await operate(`operation ${operation} (${struck})`);
    if (operation % round !== 0) continue;
    bus.heal();
    const healedMs = clock.now();
    while (!(await operate(`recovery after operation ${operation}`))) {
      const sinceMs = clock.now() - healedMs;
      if (sinceMs > recoveryMs) {
        complain(`operation ${operation}: no recovery within ${Math.round(sinceMs)} ms`);
        break;
      }
      await clock.sleep(10);
    }
    slowestRecoveryMs = Math.max(slowestRecoveryMs, clock.now() - healedMs);
  }
  return { operations, strikes, errors, slowestMs, slowestRecoveryMs, complaints };
}
