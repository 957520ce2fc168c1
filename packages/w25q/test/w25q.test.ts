import { payload } from "@busbar/contract";
import {
  type ExpectedSpiOperation,
  type ExpectedSpiTransaction,
  SpiPlayback,
} from "@busbar/guest/spi-playback";
import { describe, expect, test } from "vitest";
import { W25Q, type W25QOptions } from "../src/w25q.ts";

const run = (...operations: ExpectedSpiOperation[]): ExpectedSpiTransaction => ({ operations });
const wake = run({ write: [0xab] });
const id = (...read: number[]) => run({ write: [0x9f] }, { read });
const status = (content: number) => run({ write: [0x05] }, { read: [content] });
const status2 = (content: number) => run({ write: [0x35] }, { read: [content] });
const enable = [run({ write: [0x06] }), status(0x02)];
const open = [wake, id(0xef, 0x40, 0x18), status(0)];
const erased = new Uint8Array(4096).fill(0xff);

/** A sector at an address of three bytes, in two transactions. */
function readSector(
  address: readonly [number, number, number],
  content: Uint8Array,
): ExpectedSpiTransaction[] {
  const [high, middle, low] = address;
  return [
    run({ write: [0x03, high, middle, low] }, { read: content.subarray(0, 2048) }),
    run({ write: [0x03, high, middle + 8, low] }, { read: content.subarray(2048) }),
  ];
}

function play<Result>(
  expected: readonly ExpectedSpiTransaction[],
  use: (openDisk: (options?: Partial<W25QOptions>) => W25Q, playback: SpiPlayback) => Result,
): Result {
  const playback = new SpiPlayback(expected);
  const result = use((options) => new W25Q(playback.device, playback.timer, options), playback);
  playback.done();
  return result;
}

describe("opening", () => {
  test("wakes it up and says what it is", () => {
    play([...open, status(0), status2(0)], (openDisk, { waits }) => {
      expect(openDisk().info()).toEqual({
        vendor: "Winbond",
        product: "W25Q128",
        revision: "",
        blockSize: 4096,
        blockCount: 4096,
        readOnly: false,
        removable: false,
        maximumTransferBlocks: 16,
      });
      expect(waits).toEqual([{ ms: 0.003, afterTransactions: 1 }]);
    });
  });

  test("gives a part that is erasing for somebody else its time", () => {
    play([wake, id(0xff, 0xff, 0xff), id(0xef, 0x40, 0x17), status(1), status(0)], (openDisk, { waits }) => {
      openDisk();
      expect(waits.slice(1).map(({ ms }) => ms)).toEqual([400, 5]);
    });
  });

  test("finds another part out, in two looks", () => {
    play([wake, id(0xc2, 0x20, 0x18), id(0xc2, 0x20, 0x18)], (openDisk) => {
      expect(payload(() => openDisk())).toEqual({
        tag: "wrong-device",
        val: "Expected a W25Q with the manufacturer 0xEF, but the device there has the id 0xC2 0x20 0x18; correct the chip select or the driver in the board file.",
      });
    });
  });

  test("does not wait for ever for one that stays busy", () => {
    const busy = Array.from({ length: 81 }, () => status(1));
    play([wake, id(0xef, 0x40, 0x18), ...busy], (openDisk) => {
      expect(payload(() => openDisk())).toEqual({
        tag: "timeout",
        val: "The W25Q128 does not finish what it was doing before it was opened; check its supply, and open it again.",
      });
    });
  });

  test("refuses a setting before anything is sent", () => {
    play([], (openDisk) => {
      expect(payload(() => openDisk({ readOnly: "yes" } as object)).tag).toBe("invalid-argument");
    });
  });
});

describe("protection", () => {
  test.each([
    [0x1c, 0x00, true],
    [0x0c, 0x00, false],
    [0x00, 0x40, true],
    [0x1c, 0x40, false],
    [0x04, 0x40, false],
  ])("status %i and %i: read-only %s", (one, two, readOnly) => {
    play([...open, status(one), status2(two)], (openDisk) =>
      expect(openDisk().info().readOnly).toBe(readOnly),
    );
  });

  test.each([
    [0x1c, 0x00, false],
    [0x3c, 0x00, true],
    [0x20, 0x40, false],
    [0x00, 0x40, true],
  ])("of a part above 16 MiB, which has BP3: status %i and %i: read-only %s", (one, two, readOnly) => {
    play([wake, id(0xef, 0x40, 0x19), status(0), status(one), status2(two)], (openDisk) =>
      expect(openDisk().info().readOnly).toBe(readOnly),
    );
  });

  test("by the settings: it is read-only, and nothing is sent", () => {
    play(open, (openDisk) => {
      const disk = openDisk({ readOnly: true });
      expect(payload(() => disk.write(0, new Uint8Array(4096)))).toEqual({
        tag: "access-denied",
        val: "The W25Q128 is read-only by its settings; set read-only to false.",
      });
      expect(disk.info().readOnly).toBe(true);
    });
  });
});

describe("reading", () => {
  test("goes in pieces of half of a transaction, by addresses of three bytes", () => {
    const content = Uint8Array.from({ length: 4096 }, (_, index) => index % 251);
    play([...open, ...readSector([0x01, 0x20, 0x00], content)], (openDisk) => {
      expect(openDisk().read(18, 1)).toEqual(content);
    });
  });

  test("of a part above 16 MiB goes by addresses of four bytes", () => {
    const transactions = [
      run({ write: [0x13, 0x01, 0xff, 0xf0, 0x00] }, { read: erased.subarray(2048) }),
      run({ write: [0x13, 0x01, 0xff, 0xf8, 0x00] }, { read: erased.subarray(2048) }),
    ];
    play([wake, id(0xef, 0x40, 0x19), status(0), ...transactions], (openDisk) => {
      expect(openDisk().read(8191, 1)).toEqual(erased);
    });
  });

  test.each([
    [4096, 1],
    [0, 17],
    [0, 0],
  ])("block %d, %d of them, are refused, and nothing is sent", (first, count) => {
    play(open, (openDisk) => {
      const disk = openDisk();
      expect(payload(() => disk.read(first, count)).tag).toBe("invalid-argument");
    });
  });
});

describe("writing", () => {
  const at: [number, number, number] = [0, 0x10, 0];
  const page = (content: number) => new Uint8Array(256).fill(content);
  const sector = (first: number) => Uint8Array.from([...page(first), ...erased.subarray(256)]);

  test("what is there already changes nothing", () => {
    play([...open, ...readSector(at, sector(7))], (openDisk) => openDisk().write(1, sector(7)));
  });

  test("bits that only become 0 need no erase, and pages that are the same no programming", () => {
    const steps = [
      ...readSector(at, erased),
      ...enable,
      run({ write: [0x02, 0x00, 0x10, 0x00, ...page(0x55)] }),
      status(0x03),
      status(0x00),
      ...readSector(at, sector(0x55)),
    ];
    play([...open, ...steps], (openDisk, { waits }) => {
      openDisk().write(1, sector(0x55));
      expect(waits.slice(1).map(({ ms }) => ms)).toEqual([1]);
    });
  });

  test("bits that become 1 need one", () => {
    const steps = [
      ...readSector(at, sector(0x55)),
      ...enable,
      run({ write: [0x20, 0x00, 0x10, 0x00] }),
      status(0x03),
      status(0x00),
      ...enable,
      run({ write: [0x02, 0x00, 0x10, 0x00, ...page(0xaa)] }),
      status(0x00),
      ...readSector(at, sector(0xaa)),
    ];
    play([...open, ...steps], (openDisk, { waits }) => {
      openDisk().write(1, sector(0xaa));
      expect(waits.slice(1).map(({ ms }) => ms)).toEqual([5]);
    });
  });

  test.each([
    [
      0x1c,
      "access-denied",
      "The W25Q128 protects block 1, by its status registers; clear its bits BP, or write elsewhere.",
    ],
    [
      0x00,
      "protocol",
      "The W25Q128 does not keep what is written to block 1; it is worn out, or protected one by one: use another block.",
    ],
  ])("that the part ignores is an error (status %i)", (bp, tag, val) => {
    const steps = [
      ...readSector(at, erased),
      ...enable,
      run({ write: [0x02, 0x00, 0x10, 0x00, ...page(0)] }),
      status(0),
      ...readSector(at, erased),
      status(bp),
      ...(bp === 0 ? [status(bp), status2(0)] : []),
    ];
    play([...open, ...steps], (openDisk) => {
      const disk = openDisk();
      expect(payload(() => disk.write(1, sector(0)))).toEqual({ tag, val });
    });
  });

  test("is not begun where the part does not let itself be written", () => {
    play([...open, ...readSector(at, erased), run({ write: [0x06] }), status(0)], (openDisk) => {
      const disk = openDisk();
      expect(payload(() => disk.write(1, sector(0)))).toEqual({
        tag: "protocol",
        val: "The W25Q128 does not let itself be written; check its wiring and supply.",
      });
    });
  });

  test("does not wait for ever", () => {
    const busy = Array.from({ length: 4 }, () => status(1));
    const program = run({ write: [0x02, 0x00, 0x10, 0x00, ...page(0)] });
    play([...open, ...readSector(at, erased), ...enable, program, ...busy], (openDisk) => {
      const disk = openDisk();
      expect(payload(() => disk.write(1, sector(0)))).toEqual({
        tag: "timeout",
        val: "The W25Q128 does not finish programming; check its supply, and open it again.",
      });
    });
  });

  test("goes on when what was running has ended, where the bus failed meanwhile", () => {
    const program = run({ write: [0x02, 0x00, 0x10, 0x00, ...page(0)] });
    const failing = { ...status(1), error: { tag: "overrun" } } as const;
    const later = [status(1), status(0), ...readSector(at, sector(0))];
    play(
      [...open, ...readSector(at, erased), ...enable, program, failing, ...later],
      (openDisk, { waits }) => {
        const disk = openDisk();
        expect(payload(() => disk.write(1, sector(0)))).toMatchObject({
          tag: "bus",
          val: { kind: "overrun" },
        });
        expect(disk.read(1, 1)).toEqual(sector(0));
        expect(waits.slice(1).map(({ ms }) => ms)).toEqual([5]);
      },
    );
  });

  test.each([
    [0, 100, "100 bytes are no whole number of blocks, which have 4096 bytes."],
    [4095, 8192, "Blocks 4095 to 4096 are not all on the medium: its last one is 4095."],
  ])("block %d, %d bytes, is refused, and nothing is sent", (first, bytes, val) => {
    play(open, (openDisk) => {
      const disk = openDisk();
      expect(payload(() => disk.write(first, new Uint8Array(bytes)))).toEqual({
        tag: "invalid-argument",
        val,
      });
    });
  });
});

test("closed, it is disconnected; closing twice is legal, and sends nothing", () => {
  play(open, (openDisk) => {
    const disk = openDisk();
    disk.close();
    disk.close();
    for (const use of [
      () => disk.info(),
      () => disk.read(0, 1),
      () => disk.write(0, erased),
      () => disk.flush(),
    ]) {
      expect(payload(use)).toEqual({ tag: "disconnected", val: "The W25Q128 is closed; open it again." });
    }
  });
});
