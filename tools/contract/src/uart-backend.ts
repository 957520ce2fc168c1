/** What every backend of serial ports must do, whatever is behind it: @busbar/host, `UartBackend`. */

import {
  BackendError,
  type UartBackend,
  UartError,
  type UartErrorCode,
  type UartPort,
  type UartUse,
} from "@busbar/host/backend";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** A backend with one port, and the other side of its line. */
export interface UartBench {
  readonly backend: UartBackend;
  /** The port's name. */
  readonly port: string;
  /** The other side sends. */
  send(bytes: Uint8Array): void;
  /** What has come to the other side so far, since it was asked last. */
  received(): Uint8Array;
  /** Lets a little time pass in which bytes travel. */
  pass(): Promise<void>;
  /** The port is pulled out. */
  unplug(): void;
  /** Takes all of it away. */
  tearDown(): void;
}

/** A backend under test. */
export interface UartBackendContract {
  readonly name: string;
  /** Makes a new bench, for one test. */
  setUp(): UartBench;
}

/** An emulated machine takes its time for each of them. */
const TIMEOUT_MS = 60_000;

/** So long nobody waits: a wait of that length ends by something else. */
const LONG_MS = 50_000;

const use: UartUse = {
  ...{ device: "subject", baudRate: 115_200, dataBits: 8 },
  ...{ parity: "none", stopBits: 1, flowControl: "none" },
};

/** The case that something fails with. */
async function failure(call: Promise<unknown>): Promise<UartErrorCode["tag"]> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof UartError) {
      expect(thrown.message).not.toBe("");
      return thrown.payload.tag;
    }
    throw thrown;
  }
  throw new Error("the call did not fail");
}

/** The suite; call it in a test file. */
export function uartBackendContract({ name, setUp }: UartBackendContract): void {
  const counting = (length: number) => Uint8Array.from({ length }, (_, index) => index & 0xff);
  const never = () => new AbortController().signal;

  describe(`the serial ports of ${name}`, { timeout: TIMEOUT_MS }, () => {
    let bench: UartBench;
    let port: UartPort;
    const open = async (changed: Partial<UartUse> = {}) =>
      (await bench.backend.openUart(bench.port, { ...use, ...changed }))!;
    /** What comes until there are so many bytes, or nothing more. */
    const read = async (length: number, of = port) => {
      const bytes: number[] = [];
      while (bytes.length < length) {
        const more = await of.read(Math.min(length - bytes.length, 4096), LONG_MS, never());
        if (more.length === 0) break;
        bytes.push(...more);
      }
      return Uint8Array.from(bytes);
    };

    beforeEach(async () => {
      bench = setUp();
      port = await open();
    }, TIMEOUT_MS);
    afterEach(async () => {
      await port.close();
      bench.tearDown();
    }, TIMEOUT_MS);

    test("a port that is not there is none; one that is there is", async () => {
      expect(await bench.backend.openUart(`${bench.port}-none`, use)).toBeUndefined();
      expect(await bench.backend.hasUart(`${bench.port}-none`)).toBe(false);
      expect(await bench.backend.hasUart(bench.port)).toBe(true);
    });

    test("a read in which nothing comes is empty, with and without waiting", async () => {
      expect(await port.read(10, 0, never())).toEqual(new Uint8Array());
      expect(await port.read(10, 20, never())).toEqual(new Uint8Array());
    });

    test("bytes come in their order, all values of them, at most as many as asked for; the others are kept", async () => {
      bench.send(counting(300));
      expect(await read(7)).toEqual(counting(7));
      expect(await read(293)).toEqual(counting(300).slice(7));
      expect(await port.read(10, 0, never())).toEqual(new Uint8Array());
    });

    test("a read waits for what comes later", async () => {
      const reading = port.read(100, LONG_MS, never());
      bench.send(Uint8Array.of(0xff));
      expect(await reading).toEqual(Uint8Array.of(0xff));
    });

    test("the signal ends a wait early, which loses nothing", async () => {
      const over = new AbortController();
      const reading = port.read(100, LONG_MS, over.signal);
      over.abort();
      expect(await reading).toEqual(new Uint8Array());
      bench.send(Uint8Array.of(1, 2));
      expect(await read(2)).toEqual(Uint8Array.of(1, 2));
    });

    test("what is written arrives; when it is drained, all of it has", async () => {
      await port.write(counting(200));
      await port.write(Uint8Array.of(0xff, 0, 0xff, 0xff));
      await port.drain();
      expect(bench.received()).toEqual(Uint8Array.of(...counting(200), 0xff, 0, 0xff, 0xff));
    });

    test("more than the system keeps is written whole", async () => {
      const sent = counting(20_000);
      const arrived: number[] = [];
      const writing = port.write(sent).then(() => "written");
      while (arrived.length < sent.length) {
        arrived.push(...bench.received());
        await bench.pass();
      }
      expect(await writing).toBe("written");
      expect(Uint8Array.from(arrived)).toEqual(sent);
    });

    test("what is discarded is gone, and only that", async () => {
      bench.send(counting(50));
      expect(await read(1)).toEqual(Uint8Array.of(0));
      await bench.pass();
      await port.discard();
      bench.send(Uint8Array.of(7));
      expect(await read(1)).toEqual(Uint8Array.of(7));
    });

    test("another speed changes nothing of what is sent", async () => {
      await port.write(Uint8Array.of(1));
      await port.setBaudRate(57_600);
      await port.write(Uint8Array.of(2));
      await port.drain();
      expect(bench.received()).toEqual(Uint8Array.of(1, 2));
    });

    test("a port that somebody has is nobody else's, until it is given back", async () => {
      await expect(open({ device: "other" })).rejects.toBeInstanceOf(BackendError);
      await port.close();
      const other = await open({ device: "other" });
      bench.send(Uint8Array.of(3));
      expect(await read(1, other)).toEqual(Uint8Array.of(3));
      await other.close();
    });

    test("closing ends a read that waits; closing twice is legal, and everything else fails then", async () => {
      const reading = failure(port.read(1, LONG_MS, never()));
      await port.close();
      await port.close();
      expect(await reading).toBe("other");
      expect(await failure(port.read(1, 0, never()))).toBe("other");
      expect(await failure(port.write(Uint8Array.of(1)))).toBe("other");
      expect(await failure(port.drain())).toBe("other");
      expect(await failure((async () => port.discard())())).toBe("other");
      expect(await failure((async () => port.setBaudRate(9600))())).toBe("other");
    });

    test("a port that is pulled out ends a read that waits, and is told of", async () => {
      const events: string[] = [];
      const left = Promise.withResolvers<void>();
      using _ = bench.backend.watchUart(bench.port, (event) => {
        events.push(event);
        left.resolve();
      });
      const reading = failure(port.read(1, LONG_MS, never()));
      bench.unplug();
      expect(await reading).toBe("disconnected");
      expect(await failure(port.write(Uint8Array.of(1)))).toBe("disconnected");
      await left.promise;
      expect(events).toEqual(["left"]);
      expect(await bench.backend.hasUart(bench.port)).toBe(false);
    });
  });
}
