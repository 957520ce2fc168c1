import { describe, expect, test } from "vitest";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import type { LoadedComponent } from "../src/component/artifact.ts";
import { ComponentError, FakeBus, FakeClock, fakeArtifact, fakeBoard, type Guest } from "./fakes.ts";

const device = (more: object = {}, address = "0x76") => ({
  driver: "guest",
  i2c: { bus: 1, address },
  ...more,
});
const file = (...devices: object[]): BoardFile => {
  const names = ["indoor", "attic"];
  return {
    devices: Object.fromEntries(devices.map((each, index) => [names[index]!, each])) as BoardFile["devices"],
  };
};

/** A driver as ours are: looks at its settings first, then asks its chip for its id. */
const careful: Guest = ({ "busbar:board/i2c": { open }, "busbar:board/settings": { get } }) => {
  const name = "indoor";
  if (get(name).some(([key, value]) => key === "filter" && value === "5")) {
    throw new ComponentError({ tag: "invalid-argument", val: 'The setting "filter" is 5; choose 1 or 4.' });
  }
  const { bus, address } = open(name);
  try {
    bus.read(address, 1n);
  } catch {
    throw new ComponentError({ tag: "bus", val: { kind: "no-acknowledge", message: "asking for the id" } });
  }
  return { read: () => Float64Array.of(21) };
};

/** What reached the bus at which address. */
const addresses = (bus: FakeBus) => bus.transactions.map(({ address }) => address);

describe("a wrong value, edited live", () => {
  test("a setting that the driver refuses: what runs is not even touched", async () => {
    const { board, bus, events } = await fakeBoard(file(device()), { guest: careful });
    const sensor = await board.sensor("indoor");
    const before = [bus.transactions.length, events.length];
    const edited = file(device({ settings: { filter: 5 } }));
    await expect(board.update(edited)).rejects.toMatchObject({
      code: "board",
      message: expect.stringContaining('The setting "filter" is 5; choose 1 or 4.'),
    });
    expect([bus.transactions.length, events.length]).toEqual(before);
    expect(await sensor.read()).toEqual({ temperature: 21 });
    expect(board.board.devices.indoor?.settings).toEqual({});
  });

  test("the same of a device that is new", async () => {
    const { board } = await fakeBoard({ devices: {} }, { guest: careful });
    await expect(board.update(file(device({ settings: { filter: 5 } })))).rejects.toThrow("choose 1 or 4");
    expect(board.devices).toEqual([]);
  });

  test("an address where nothing answers: the one before is there again", async () => {
    const { board, bus } = await fakeBoard(file(device()), { guest: careful });
    await board.sensor("indoor");
    bus.absent.add(0x40);
    const changes: string[] = [];
    const edited = file(device({}, "0x40"), device({ i2c: { bus: 1, address: "0x44" } }));
    await expect(board.update(edited, () => changes.push("changing"))).rejects.toMatchObject({
      code: "board",
      message: expect.stringMatching(/^indoor: asking for the id/),
    });
    expect(changes).toEqual(["changing"]);
    expect(board.devices.map(({ name }) => name)).toEqual(["indoor"]);
    expect(board.board.devices.indoor?.i2c?.address).toBe(0x76);
    expect(await (await board.sensor("indoor")).read()).toEqual({ temperature: 21 });
    expect(new Set(addresses(bus))).toEqual(new Set([0x76, 0x40]));
  });

  test("who asks for the device meanwhile waits for the outcome, and gets what is there then", async () => {
    const { board, bus } = await fakeBoard(file(device()), { guest: careful });
    await board.sensor("indoor");
    bus.absent.add(0x40);
    let asked: Promise<unknown> = Promise.resolve();
    await expect(
      board.update(file(device({}, "0x40")), () => {
        queueMicrotask(() => {
          asked = board.sensor("indoor").then(
            () => "opened",
            ({ code }: { code: string }) => code,
          );
        });
      }),
    ).rejects.toThrow();
    expect(["opened", "disconnected"]).toContain(await asked);
    await expect(board.sensor("indoor")).resolves.toBeDefined();
  });

  test("a device that did not work may be replaced by another that does not yet", async () => {
    const { board, bus } = await fakeBoard(file(device()), { guest: careful });
    bus.absent.add(0x76).add(0x40);
    await expect(board.sensor("indoor")).rejects.toThrow();
    const { replaced } = await board.update(file(device({}, "0x40")));
    expect(replaced).toEqual(["indoor"]);
    bus.absent.clear();
    await expect(board.sensor("indoor")).resolves.toBeDefined();
  });
});

describe("a component whose file changes", () => {
  /** A board whose component can become another one. */
  async function withFile() {
    const artifacts: LoadedComponent[] = [fakeArtifact(() => ({ read: () => Float64Array.of(1) }))];
    const loads: LoadedComponent[] = [];
    const board = await OpenBoard.open(parseBoard(file(device())), {
      clock: new FakeClock(),
      i2c: [new FakeBus()],
      loadComponent: async () => {
        loads.push(artifacts[0]!);
        return artifacts[0]!;
      },
    });
    const become = (read: () => Float64Array) => {
      artifacts[0] = fakeArtifact(() => ({ read }));
    };
    const read = async () => (await (await board.sensor("indoor")).read()).temperature;
    return { board, become, read, loads };
  }

  test("is not looked at by a driver that starts again, nor by an edit that is not about it", async () => {
    const { board, become, read, loads } = await withFile();
    await expect(read()).resolves.toBe(1);
    become(() => Float64Array.of(2));
    await board.update({ devices: { ...file(device()).devices } });
    await expect(read()).resolves.toBe(1);
    expect(loads).toHaveLength(1);
  });

  test("not after a trap either", async () => {
    let traps = true;
    const first = fakeArtifact(() => ({
      read: () => {
        if (traps) throw new Error("unreachable");
        return Float64Array.of(1);
      },
    }));
    const loads = [first, fakeArtifact(() => ({ read: () => Float64Array.of(2) }))];
    const board = await OpenBoard.open(parseBoard(file(device())), {
      clock: new FakeClock(),
      i2c: [new FakeBus()],
      loadComponent: async () => loads.shift()!,
    });
    await expect((await board.sensor("indoor")).read()).rejects.toThrow();
    traps = false;
    expect(await (await board.sensor("indoor")).read()).toEqual({ temperature: 1 });
    expect(loads).toHaveLength(1);
  });

  test("is taken, and told, where that is asked for; and told where its entry changed", async () => {
    const { board, become, read } = await withFile();
    await read();
    become(() => Float64Array.of(2));
    const { devices } = file(device());
    const change = await board.update({ devices }, undefined, { components: true });
    expect(change).toMatchObject({ replaced: ["indoor"], components: ["indoor"], later: [] });
    await expect(read()).resolves.toBe(2);

    const same = await board.update({ devices }, undefined, { components: true });
    expect(same).toMatchObject({ replaced: [], components: [] });

    become(() => Float64Array.of(3));
    const edited = await board.update(file(device({ settings: { filter: 4 } })));
    expect(edited).toMatchObject({ replaced: ["indoor"], components: ["indoor"] });
    await expect(read()).resolves.toBe(3);
  });
});
