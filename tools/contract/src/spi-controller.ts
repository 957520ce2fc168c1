/** What every driver of busbar:device/spi-controller must do, whatever part it drives. */

import { dirname } from "node:path";
import { OpenBoard, parseBoard, ReturnedError, type WrittenEntry } from "@busbar/host";
import { type SpiErrorCode, type SpiOperation, spiBusNameOf } from "@busbar/host/backend";
import { loadComponent } from "@busbar/host-node";
import {
  SimulatedSpiBus,
  SimulatedUsb,
  type SpiClocking,
  type SpiTarget,
  type SpiWires,
  type UsbDevice,
  VirtualClock,
} from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { expectControllerWorld } from "./controller-world.ts";
import type { Settings } from "./forms.ts";
import { randomOf } from "./random.ts";
import { scriptedClient } from "./scripted-client.ts";

/** What the suite has to know of a driver. */
export interface SpiControllerContract {
  /** The path of its built component. */
  readonly component: string;
  /** What its entry is wired to: `{ "usb": ... }`. */
  readonly wired: Omit<WrittenEntry, "driver" | "settings">;
  /** A part with these wires. */
  readonly part: (wires: SpiWires, clock: VirtualClock) => UsbDevice;
  /** The bus that is looked at, of the bridge "subject": "subject", or "subject:3". */
  readonly bus: string;
  /** How many chip select lines it has, at least two, from 0. */
  readonly chipSelects: number;
  /** The SPI modes that it has. */
  readonly modes: readonly number[];
  /** The slowest clock of a device that it takes, in Hz: a device that bears no more is the last one that is not refused. */
  readonly slowestHz: number;
  /** The settings with which it has that bus. */
  readonly settings?: Settings;
  /** Settings that the driver must refuse, one set for each test. */
  readonly badSettings: readonly Settings[];
}

/** How a client is wired, as in the board file. */
interface ClientWiring {
  readonly chipSelect?: number;
  readonly mode?: number;
  readonly maximumHz?: number;
  readonly bitOrder?: "msb-first" | "lsb-first";
}

const write = (data: Uint8Array): SpiOperation => ({ kind: "write", data });
const transfer = (data: Uint8Array): SpiOperation => ({ kind: "transfer", data });
const read = (length: number): SpiOperation => ({ kind: "read", length });
const delay = (ns: number): SpiOperation => ({ kind: "delay", ns });

/** Lengths around the borders of packets and of what adapters do at once. */
const lengths = [1, 2, 3, 30, 31, 32, 33, 61, 62, 63, 64, 65, 127, 255, 256, 257].concat([
  508, 509, 510, 511, 512, 513, 1017, 1018, 1019, 1024, 2048, 4095, 4096,
]);

/** Declares the tests of one driver. */
export function spiControllerContract(name: string, contract: SpiControllerContract): void {
  const { badSettings, chipSelects, component, modes, slowestHz, wired } = contract;
  const next = randomOf(7);
  const random = (length: number) => Uint8Array.from({ length }, () => next(256));

  /** What the bridge makes of transactions, and what the same transactions are on a simulated bus. */
  async function expectTheSame(
    wiring: ClientWiring,
    transactions: readonly (readonly SpiOperation[])[],
  ): Promise<void> {
    await using subject = await Bench.open(contract, { client: wiring });
    const { chipSelect = 0, mode = 0, maximumHz = 1_000_000, bitOrder = "msb-first" } = wiring;
    const reference = new Recorder(chipSelect);
    const bus = new SimulatedSpiBus([[chipSelect, reference]]);
    for (const operations of transactions) {
      const expected = bus.transaction({ chipSelect, mode, maximumHz, bitOrder }, operations);
      expect(await subject.run("client", operations)).toEqual(expected);
    }
    const { seen } = subject.targets[chipSelect]!;
    expect(seen.map(({ bytes }) => bytes)).toEqual(reference.seen.map(({ bytes }) => bytes));
    for (const { clocking } of seen) {
      expect(clocking.mode).toBe(mode);
      expect(clocking.hz).toBeLessThanOrEqual(maximumHz);
    }
    expect(subject.targets.filter((each) => each.seen.length > 0 || each.isSelected)).toEqual(
      seen.length > 0 ? [subject.targets[chipSelect]] : [],
    );
  }

  /** That a client that is wired so is refused, and nothing of it reaches the wires. */
  async function expectRefused(wiring: ClientWiring): Promise<void> {
    await using subject = await Bench.open(contract, { client: wiring });
    expect(await subject.failure("client", [write(random(2)), read(1)])).toMatchObject({ tag: "other" });
    expect(subject.targets.every(({ seen }) => seen.length === 0)).toBe(true);
  }

  // As fast as the bus is by default, and never slower than the part can be.
  const hz = Math.max(1_000_000, slowestHz);
  const usual = { maximumHz: hz };

  describe(`${name} as an SPI controller`, { timeout: 60_000 }, () => {
    test("the component exports the interface, and imports no other bus than its own", () => {
      expectControllerWorld(component, "spi-controller", wired);
    });

    test("writes, reads, transfers and delays, with the device selected all the time", async () => {
      await expectTheSame(usual, [
        [write(Uint8Array.of(0x80, 0x01, 0xff))],
        [read(3)],
        [transfer(Uint8Array.of(1, 2, 3, 0xfe))],
        [write(Uint8Array.of(0x9f)), read(3)],
        [write(Uint8Array.of(1)), delay(1_000_000), transfer(Uint8Array.of(2)), delay(0), read(2)],
        [delay(1000)],
        [read(1), write(Uint8Array.of(7)), read(2), transfer(Uint8Array.of(8, 9)), write(Uint8Array.of(1))],
      ]);
    });

    test("writes, reads and transfers of up to 4096 bytes arrive whole", async () => {
      await expectTheSame(
        usual,
        lengths.flatMap((length) => [[write(random(length))], [read(length)], [transfer(random(length))]]),
      );
    });

    test("operations of any lengths, one after the other", async () => {
      const operation = (): SpiOperation => {
        const length = 1 + next(600);
        return [write(random(length)), read(length), transfer(random(length))][next(3)]!;
      };
      await expectTheSame(
        usual,
        Array.from({ length: 20 }, () => Array.from({ length: 1 + next(6) }, operation)),
      );
    });

    test("as many operations as the host lets through", async () => {
      await expectTheSame(usual, [
        Array.from({ length: 511 }, (_, index) => (index % 2 === 0 ? write(random(1)) : read(1))),
      ]);
    });

    test.each([0, 1, 2, 3])("mode %i, with each bit first; or it is refused", async (mode) => {
      for (const bitOrder of ["msb-first", "lsb-first"] as const) {
        const wiring = { ...usual, mode, bitOrder };
        if (!modes.includes(mode)) await expectRefused(wiring);
        else await expectTheSame(wiring, [[write(random(40)), transfer(random(600)), read(40)]]);
      }
    });

    test("the clock is never faster than a device bears", async () => {
      for (const maximumHz of [slowestHz, slowestHz + 1, 7_000_000, 29_999_999, 100_000_000, 4_294_967_295]) {
        await expectTheSame({ maximumHz }, [[write(Uint8Array.of(0x9f)), read(3)]]);
      }
      for (const maximumHz of [1, slowestHz - 1]) await expectRefused({ maximumHz });
    });

    test("each chip select is a line of its own, and what the part does not have is refused", async () => {
      const numbers = Array.from({ length: chipSelects }, (_, chipSelect) => chipSelect);
      const wirings = numbers.map((chipSelect) => [`at-${chipSelect}`, { ...usual, chipSelect }] as const);
      await using subject = await Bench.open(contract, Object.fromEntries(wirings));
      const sent = wirings.map(() => random(50));
      for (let round = 0; round < 2; round += 1) {
        await Promise.all(wirings.map(([client], number) => subject.run(client, [write(sent[number]!)])));
      }
      for (const [number, { seen }] of subject.targets.slice(0, chipSelects).entries()) {
        expect(seen.map(({ bytes }) => bytes)).toEqual([[...sent[number]!], [...sent[number]!]]);
      }
      await expectRefused({ ...usual, chipSelect: chipSelects });
      await expectRefused({ ...usual, chipSelect: 255 });
    });

    test("after what was refused, others go on", async () => {
      const wrong = { ...usual, chipSelect: chipSelects };
      await using subject = await Bench.open(contract, { client: usual, wrong });
      expect(await subject.failure("wrong", [read(1)])).toMatchObject({ tag: "other" });
      expect(await subject.run("client", [read(2)])).toHaveLength(1);
      expect(await subject.failure("wrong", [read(1)])).toMatchObject({ tag: "other" });
      expect(await subject.run("client", [write(Uint8Array.of(1))])).toEqual([]);
    });

    test("where the part is gone, so is the client's device; plugged in again, both are back", async () => {
      await using subject = await Bench.open(contract, { client: usual });
      expect(await subject.run("client", [read(2)])).toHaveLength(1);
      const { exports } = await subject.board.component<Client>("client");
      subject.unplug();
      await expect(exports.client.run([asked(read(2))])).rejects.toMatchObject({
        payload: { tag: "disconnected" },
      });
      subject.plug();
      expect(await subject.run("client", [read(2)])).toHaveLength(1);
    });

    test("it can be closed and opened again", async () => {
      for (let round = 0; round < 2; round += 1) {
        await expectTheSame(usual, [[write(random(3)), read(3)]]);
      }
    });

    test.each(badSettings.map((each) => [JSON.stringify(each), each] as const))(
      "refuses the settings %s",
      async (_, wrong) => {
        await using subject = await Bench.open(contract, { client: usual }, wrong);
        await expect(subject.board.component("client")).rejects.toMatchObject({
          payload: { tag: "invalid-argument" },
        });
      },
    );
  });
}

/** Where the part is plugged in. */
const PORT = "1-1";

/** A device that notes what it hears in each transaction, and says what nobody can guess. */
class Recorder implements SpiTarget {
  readonly seen: { readonly clocking: SpiClocking; readonly bytes: number[] }[] = [];
  isSelected = false;
  readonly #next: (count: number) => number;

  constructor(seed: number) {
    this.#next = randomOf(seed);
  }

  select(clocking: SpiClocking): void {
    this.isSelected = true;
    this.seen.push({ clocking, bytes: [] });
  }

  transfer(received: number): number {
    this.seen.at(-1)!.bytes.push(received);
    return this.#next(256);
  }

  release(): void {
    this.isSelected = false;
  }
}

/** What a client does with its device. */
interface Client {
  readonly client: { run(operations: readonly object[]): object[] };
}

/** wasi:spi/spi as a client has it. */
interface WasiSpi {
  open(name: string): { transaction(operations: readonly object[]): object[] };
}

/** A board with the bridge "subject", a part, a device on each of its chip selects, and clients behind it. */
class Bench implements AsyncDisposable {
  readonly board: OpenBoard;
  /** By their chip selects. */
  readonly targets: readonly Recorder[];
  readonly #usb: SimulatedUsb;
  readonly #part: () => UsbDevice;

  private constructor(
    board: OpenBoard,
    targets: readonly Recorder[],
    usb: SimulatedUsb,
    part: () => UsbDevice,
  ) {
    this.board = board;
    this.targets = targets;
    this.#usb = usb;
    this.#part = part;
  }

  static async open(
    { bus, chipSelects, component, part, settings = {}, wired }: SpiControllerContract,
    clients: Readonly<Record<string, ClientWiring>>,
    further: Settings = {},
  ): Promise<Bench> {
    const clock = new VirtualClock();
    const targets = Array.from({ length: chipSelects }, (_, chipSelect) => new Recorder(chipSelect));
    const far = new SimulatedSpiBus(targets.entries());
    const usb = new SimulatedUsb(clock);
    const make = () => part(far.wires(), clock);
    usb.plug(PORT, make());
    const entries = Object.entries(clients).map(([name, { chipSelect = 0, ...wiring }]) => [
      name,
      { driver: name, spi: { bus: spiBusNameOf(bus), chipSelect, ...wiring } },
    ]);
    const board = await OpenBoard.open(
      parseBoard({
        bridges: { subject: { driver: component, settings: { ...settings, ...further }, ...wired } },
        devices: Object.fromEntries(entries),
      }),
      {
        clock,
        usb: [usb],
        spi: [],
        loadComponent: async (specifier) =>
          Object.hasOwn(clients, specifier)
            ? scriptedClient("wasi:spi/spi", (spi) => {
                const device = (spi as WasiSpi).open(specifier);
                return { run: (operations: readonly object[]) => device.transaction(operations) };
              })
            : loadComponent(specifier, dirname(component)),
      },
    );
    return new Bench(board, targets, usb, make);
  }

  /** Runs a transaction of a client. @throws ReturnedError */
  async run(client: string, operations: readonly SpiOperation[]): Promise<Uint8Array[]> {
    const { exports } = await this.board.component<Client>(client);
    const results = await exports.client.run(operations.map(asked));
    return (results as { readonly val?: Uint8Array }[]).flatMap(({ val }) => val ?? []);
  }

  /** The WIT error of a transaction that must fail. */
  async failure(client: string, operations: readonly SpiOperation[]): Promise<SpiErrorCode> {
    try {
      await this.run(client, operations);
    } catch (thrown) {
      if (thrown instanceof ReturnedError) return thrown.payload as SpiErrorCode;
      throw thrown;
    }
    throw new Error("the transaction did not fail");
  }

  /** Pulls the part out. */
  unplug(): void {
    this.#usb.unplug(PORT);
  }

  /** Plugs another one in. */
  plug(): void {
    this.#usb.plug(PORT, this.#part());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.board[Symbol.asyncDispose]();
  }
}

/** An operation as a component hands it over. */
function asked(operation: SpiOperation): object {
  if (operation.kind === "read") return { tag: "read", val: BigInt(operation.length) };
  if (operation.kind === "delay") return { tag: "delay-ns", val: operation.ns };
  return { tag: operation.kind, val: operation.data };
}
