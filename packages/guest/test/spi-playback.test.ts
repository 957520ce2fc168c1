import { describe, expect, test } from "vitest";
import { Registers, SpiRegisterTarget } from "../src/index.ts";
import { SpiPlayback } from "../src/spi-playback.ts";

describe("SpiPlayback", () => {
  test("answers what is expected", () => {
    const playback = new SpiPlayback([
      { operations: [{ write: [0x9f] }, { read: [0xef, 0x40] }] },
      { operations: [{ transfer: [1, 2], answer: [3, 4] }] },
      { operations: [{ write: [6] }, { delayNs: 10 }] },
    ]);
    const { device } = playback;
    expect([...device.writeRead(Uint8Array.of(0x9f), 2)]).toEqual([0xef, 0x40]);
    expect([...device.transfer(Uint8Array.of(1, 2))]).toEqual([3, 4]);
    expect(device.transaction([{ write: Uint8Array.of(6) }, { delayNs: 10 }])).toEqual([]);
    playback.done();
  });

  test.each([
    [{ read: [1, 2] }, "transaction 0 is read 1, but expected was read 01 02"],
    [{ write: [1] }, "transaction 0 is read 1, but expected was write 01"],
    [{ transfer: [1], answer: [2] }, "transaction 0 is read 1, but expected was transfer 01 answered by 02"],
    [{ delayNs: 5 }, "transaction 0 is read 1, but expected was delay 5 ns"],
  ])("fails where %j was expected, at once and in the end", (operation, message) => {
    const playback = new SpiPlayback([{ operations: [operation] }]);
    expect(() => playback.device.read(1)).toThrow(message);
    expect(() => playback.done()).toThrow(message);
  });

  test("fails at one too many, and at one too few", () => {
    const none = new SpiPlayback([]);
    expect(() => none.device.write(Uint8Array.of(0xab))).toThrow("transaction 0 is one too many: write AB");
    const left = new SpiPlayback([{ operations: [{ read: [7] }] }]);
    expect(() => left.done()).toThrow("1 transactions are left over, first: read 07");
  });

  test("fails a transaction as the bus would", () => {
    const error = { tag: "overrun" } as const;
    const playback = new SpiPlayback([{ operations: [{ read: [0] }], error }]);
    expect(() => playback.device.read(1)).toThrow("the controller lost data");
  });

  test("lets time pass by waiting only, and records it", () => {
    const { timer, waits, device } = new SpiPlayback([{ operations: [{ read: [0] }] }]);
    timer.waitMs(3);
    device.read(1);
    timer.waitNs(500_000);
    timer.waitMs(0);
    expect(timer.nowMs()).toBe(3.5);
    expect(waits).toEqual([
      { ms: 3, afterTransactions: 0 },
      { ms: 0.5, afterTransactions: 1 },
    ]);
  });
});

describe("registers on SPI", () => {
  test("have the read bit in the highest of the address", () => {
    const playback = new SpiPlayback([
      { operations: [{ write: [0xd0] }, { read: [0x60] }] },
      { operations: [{ write: [0x8f] }, { read: [0x33] }] },
      { operations: [{ write: [0x74, 0x25] }] },
    ]);
    const registers = new Registers(new SpiRegisterTarget(playback.device));
    expect(registers.readU8(0xd0)).toBe(0x60);
    expect(registers.readU8(0x0f)).toBe(0x33);
    registers.writeU8(0xf4, 0x25);
    playback.done();
  });

  test("say which register it was", () => {
    const error = { tag: "overrun" } as const;
    const playback = new SpiPlayback([
      { operations: [{ write: [0xd0] }, { read: [0x60] }], error },
      { operations: [{ write: [0x74, 0x25] }], error },
    ]);
    const registers = new Registers(new SpiRegisterTarget(playback.device));
    expect(() => registers.readU8(0xd0)).toThrow(
      "reading 1 byte from register 0xD0: the controller lost data",
    );
    expect(() => registers.writeU8(0xf4, 0x25)).toThrow(
      "writing 1 byte to register 0xF4: the controller lost data",
    );
  });
});
