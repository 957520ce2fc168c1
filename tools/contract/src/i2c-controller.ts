/** What every driver of busbar:device/i2c-controller must do, whatever part it drives and on whatever bus that is. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BoardEvent, BoardFile, OpenBoard, WrittenEntry } from "@busbar/host";
import { I2cError, type I2cErrorCode, type I2cOperation } from "@busbar/host/i2c";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectControllerWorld } from "./controller-world.ts";
import type { Settings } from "./forms.ts";
import { randomOf } from "./random.ts";

/** What the suite has to know of a driver. */
export interface I2cControllerContract {
  /** The path of its built component. */
  readonly component: string;
  /** What its entry is wired to: `{ "usb": ... }`. */
  readonly wired: Omit<WrittenEntry, "driver" | "settings">;
  /** Entries of `simulate` for the part; the bus that is looked at is the simulated one "far". */
  readonly simulated: NonNullable<BoardFile["simulate"]>;
  /** The bus that is looked at, of the bridge "subject": "subject", or "subject:3". */
  readonly bus: string;
  /** The longest write and the longest read that the part can do; 300 where it is more. */
  readonly longest: { readonly write: number; readonly read: number };
  /** What it runs as one transaction, a letter for each operation: ["r", "w", "wr"]; "any" for everything. */
  readonly shapes: readonly string[] | "any";
  /** What the client sees of a byte that is not acknowledged; `unknown` where the part does not tell which. */
  readonly notAcknowledged: {
    readonly address: "address" | "unknown";
    readonly data: "data" | "unknown" | "address";
  };
  readonly settings?: Settings;
  /** Settings that the driver must refuse, one set for each test. */
  readonly badSettings: readonly Settings[];
}

/** A device of 256 registers behind the bridge, and its faults. */
const address = 0x50;
const empty = 0x51;

/** A component that exports a function which does nothing: a client is used from here, by the handle of its bus. */
const client = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00],
  // A core module with one function, "f", of type 0.
  ...[0x01, 0x1f, 0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00, 0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b],
  // Its instance, the type of a function without parameters and results, and the module's function as one of that type.
  ...[0x02, 0x04, 0x01, 0x00, 0x00, 0x00, 0x07, 0x05, 0x01, 0x40, 0x00, 0x01, 0x00],
  ...[0x06, 0x07, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01, 0x66, 0x08, 0x06, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00],
  // Exported as "nothing".
  ...[0x0b, 0x0d, 0x01, 0x00, 0x07, 0x6e, 0x6f, 0x74, 0x68, 0x69, 0x6e, 0x67, 0x01, 0x00, 0x00],
);

const write = (...bytes: number[]): I2cOperation => ({ kind: "write", data: Uint8Array.from(bytes) });
const read = (length: number): I2cOperation => ({ kind: "read", length });

/** Declares the tests of one driver. */
export function i2cControllerContract(name: string, contract: I2cControllerContract): void {
  const {
    badSettings,
    bus,
    component,
    longest,
    notAcknowledged,
    settings = {},
    shapes,
    simulated,
    wired,
  } = contract;

  async function bench(options: { faults?: object[]; settings?: Settings } = {}): Promise<Bench> {
    const file: BoardFile = {
      bridges: { subject: { driver: component, settings: { ...settings, ...options.settings }, ...wired } },
      devices: Object.fromEntries(
        [address, empty].map((each) => [
          `at-${each}`,
          { driver: join(folder, "client.wasm"), i2c: { bus, address: `0x${each.toString(16)}` } },
        ]),
      ),
      simulate: [
        ...simulated,
        {
          i2c: "far",
          address: `0x${address.toString(16)}`,
          model: "registers",
          registers: {},
          faults: options.faults ?? [],
        },
      ],
    };
    return Bench.open(file, dirname(component));
  }

  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "busbar-contract-"));
    writeFileSync(join(folder, "client.wasm"), client);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe(`${name} as an I2C controller`, { timeout: 60_000 }, () => {
    test("the component exports the interface, and imports no other bus than its own", () => {
      expectControllerWorld(component, "i2c-controller", wired);
    });

    test("what is written is there when it is read", async () => {
      await using subject = await bench();
      expect(await subject.run(address, [write(0x10, 1, 2, 3)])).toEqual([]);
      await subject.run(address, [write(0x11)]);
      expect(await subject.run(address, [read(2)])).toEqual([Uint8Array.of(2, 3)]);
      expect(await subject.run(address, [write(0x10), read(3)])).toEqual([Uint8Array.of(1, 2, 3)]);
    });

    test(`writes of up to ${longest.write} bytes and reads of up to ${longest.read} arrive whole`, async () => {
      await using subject = await bench();
      const lengths = (most: number) =>
        [1, 2, 15, 16, 31, 32, 59, 60, 61, 62, 63, 64, 65, 119, 120, 121, 255, most].filter(
          (each) => each <= most,
        );
      // The registers are 256, and go round.
      const expected = new Uint8Array(256);
      const next = randomOf(7);
      for (const length of lengths(longest.write)) {
        const data = Array.from({ length: length - 1 }, () => next(256));
        await subject.run(address, [write(0x20, ...data)]);
        for (const [index, byte] of data.entries()) expected[(0x20 + index) & 0xff] = byte;
      }
      for (const length of lengths(longest.read)) {
        const [bytes] = await subject.run(address, [write(0x20), read(length)]);
        expect(bytes).toEqual(Uint8Array.from({ length }, (_, index) => expected[(0x20 + index) & 0xff]!));
      }
    });

    test("where nobody is, the address is not acknowledged; and the next transaction works", async () => {
      await using subject = await bench();
      const code = { tag: "no-acknowledge", val: notAcknowledged.address } as const;
      expect(await subject.failure(empty, [write(0, 1)])).toEqual(code);
      expect(await subject.failure(empty, [read(1)])).toEqual(code);
      expect(await subject.failure(empty, [write(0), read(1)])).toEqual(code);
      await subject.run(address, [write(0x30, 9)]);
      expect(await subject.run(address, [write(0x30), read(1)])).toEqual([Uint8Array.of(9)]);
    });

    test("a byte that is not acknowledged is an error, and the next transaction works", async () => {
      await using subject = await bench({ faults: [{ fault: "no-acknowledge-data" }] });
      const code = { tag: "no-acknowledge", val: notAcknowledged.data };
      expect(await subject.failure(address, [write(0x30, 1, 2)])).toEqual(code);
      expect(await subject.run(address, [write(0x30), read(2)])).toEqual([Uint8Array.of(0, 0)]);
    });

    test("what it cannot run as one transaction is refused, and none of it reaches the bus", async () => {
      await using subject = await bench();
      await subject.run(address, [write(0x40, 4, 5, 6)]);
      const all = ["r", "w", "wr", "ww", "rr", "rw", "wwr", "wrw", "wrwr", "rww"];
      for (const shape of all) {
        const operations = [...shape].map((kind, index) => (kind === "r" ? read(1) : write(0x40, 7 + index)));
        const isAllowed = shapes === "any" || shapes.includes(shape);
        if (isAllowed)
          expect(await subject.run(address, operations)).toHaveLength(shape.replaceAll("w", "").length);
        else expect(await subject.failure(address, operations)).toEqual({ tag: "other" });
        const [bytes] = await subject.run(address, [write(0x40), read(1)]);
        const written = isAllowed ? shape.lastIndexOf("w") : -1;
        if (written >= 0) await subject.run(address, [write(0x40, 4)]);
        expect(bytes).toEqual(Uint8Array.of(written >= 0 ? 7 + written : 4));
      }
    });

    test("the client sees only its own address", async () => {
      await using subject = await bench();
      expect(await subject.failure(address, [write(0)], empty)).toEqual({ tag: "other" });
      expect(subject.events).toContainEqual(expect.objectContaining({ kind: "denied", denied: "address" }));
    });

    test("it can be closed and opened again", async () => {
      for (let round = 0; round < 2; round += 1) {
        await using subject = await bench();
        expect(await subject.run(address, [write(0x10), read(1)])).toHaveLength(1);
      }
    });

    test.each(badSettings.map((each) => [JSON.stringify(each), each] as const))(
      "refuses the settings %s",
      async (_, wrong) => {
        await using subject = await bench({ settings: wrong });
        await expect(subject.board.component(`at-${address}`)).rejects.toMatchObject({
          payload: { tag: "invalid-argument" },
        });
      },
    );
  });
}

/** A board with the bridge "subject", and two clients behind it. */
class Bench implements AsyncDisposable {
  readonly board: OpenBoard;
  /** Everything that the board told. */
  readonly events: readonly BoardEvent[];

  private constructor(board: OpenBoard, events: readonly BoardEvent[]) {
    this.board = board;
    this.events = events;
  }

  static async open(file: BoardFile, folder: string): Promise<Bench> {
    const events: BoardEvent[] = [];
    const onEvent = (event: BoardEvent) => void events.push(event);
    return new Bench(await openBoard(file, { clock: new VirtualClock(), simulate, folder, onEvent }), events);
  }

  /** Runs a transaction of the client that is wired to `address`. @throws I2cError */
  async run(address: number, operations: readonly I2cOperation[], target = address): Promise<Uint8Array[]> {
    const { i2c } = await this.board.component(`at-${address}`);
    const asked = operations.map((each) =>
      each.kind === "read"
        ? { tag: each.kind, val: BigInt(each.length) }
        : { tag: each.kind, val: each.data },
    );
    return i2c.transaction(target, asked as Parameters<typeof i2c.transaction>[1]);
  }

  /** The WIT error code of a transaction that must fail. */
  async failure(
    address: number,
    operations: readonly I2cOperation[],
    target = address,
  ): Promise<I2cErrorCode> {
    try {
      await this.run(address, operations, target);
    } catch (thrown) {
      if (thrown instanceof I2cError) return thrown.payload;
      throw thrown;
    }
    throw new Error("the transaction did not fail");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.board[Symbol.asyncDispose]();
  }
}
