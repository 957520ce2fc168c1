import { spawnSync } from "node:child_process";
import { closeSync, readdirSync, readlinkSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type GpioDev, loadGpioDev } from "../src/gpio/ioctl.ts";
import { thisGpioSystem } from "../src/gpio/system.ts";
import { DescriptorWaiter } from "../src/linux/descriptor-waiter.ts";
import { ErrnoError } from "../src/linux/errno.ts";

const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");

function errno(call: () => unknown): number | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof ErrnoError) return error.errno;
    throw error;
  }
  return undefined;
}

// /dev/null answers ENOTTY to every request: the call went out, and errno came back.
describe.runIf(process.platform === "linux")("the real system calls", () => {
  let dev: GpioDev;
  let descriptor: number;

  beforeEach(() => {
    dev = loadGpioDev();
    descriptor = dev.open("/dev/null");
  });

  afterEach(() => {
    dev.close(descriptor);
  });

  const config = { direction: "in", initial: "low", edges: false } as const;
  test.each<[string, () => unknown]>([
    ["chipInfo", () => dev.chipInfo(descriptor)],
    ["lineInfo", () => dev.lineInfo(descriptor, 0)],
    ["request", () => dev.request(descriptor, 0, "busbar", config)],
    ["configure", () => dev.configure(descriptor, config)],
    ["get", () => dev.get(descriptor)],
    ["set", () => dev.set(descriptor, "high")],
  ])("%s", (_, call) => {
    expect(errno(call)).toBe(25);
  });

  test("open", () => {
    expect(errno(() => dev.open("/dev/gpiochip-none"))).toBe(2);
  });

  test("events of a file that is at its end are none", () => {
    expect(dev.events(descriptor)).toEqual([]);
  });
});

describe.runIf(process.platform === "linux")("the wait for what can be read", () => {
  const eventDescriptor = koffi.load(null).func("int eventfd(unsigned int initval, int flags)");
  const read = koffi.load(null).func("long read(int fd, uint8_t *buffer, unsigned long length)");
  const nonblock = 0o4000;
  /** Descriptors that can be waited for and read as those of lines. */
  const made = () => eventDescriptor(0, nonblock) as number;
  /** How many epoll instances this process has. */
  const epolls = () =>
    readdirSync("/proc/self/fd").filter((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`) === "anon_inode:[eventpoll]";
      } catch {
        // That of the folder itself is closed by now.
        return false;
      }
    }).length;
  const write = (descriptor: number) => writeSync(descriptor, BigUint64Array.of(1n));
  const take = (descriptor: number) => read(descriptor, new Uint8Array(8), 8) as number;

  test("wakes whoever has something to read, again and again, and ends with the last that listens", async () => {
    const waiter = new DescriptorWaiter(koffi);
    const [first, second] = [made(), made()];
    const taken: string[] = [];
    let told = Promise.withResolvers<void>();
    const listen = (name: string, descriptor: number) =>
      waiter.add(descriptor, () => {
        if (take(descriptor) !== 8) return;
        taken.push(name);
        told.resolve();
      });
    for (let round = 0; round < 2; round += 1) {
      const listeners = [listen("first", first), listen("second", second)];
      for (const [name, descriptor] of [
        ["first", first],
        ["second", second],
        ["first", first],
      ] as const) {
        told = Promise.withResolvers();
        write(descriptor);
        await told.promise;
        expect(taken.pop()).toBe(name);
      }
      for (const each of listeners) {
        each[Symbol.dispose]();
        each[Symbol.dispose]();
      }
    }
    expect(taken).toEqual([]);
    closeSync(first);
    closeSync(second);
  });

  test("a descriptor that is closed at once after it was not waited for any more is closed", async () => {
    const waiter = new DescriptorWaiter(koffi);
    const [line, other] = [made(), made()];
    const kept = waiter.add(other, () => undefined);
    for (let round = 0; round < 2; round += 1) waiter.add(line, () => undefined)[Symbol.dispose]();
    closeSync(line);
    // The number is free: the next one is it.
    const again = made();
    expect(again).toBe(line);
    kept[Symbol.dispose]();
    closeSync(other);
    closeSync(again);
  });

  test("who begins and ends in turn, while the loop is held, takes no more descriptors for that, and is still told", async () => {
    const waiter = new DescriptorWaiter(koffi);
    const line = made();
    const before = epolls();
    for (let round = 0; round < 300; round += 1) waiter.add(line, () => undefined)[Symbol.dispose]();
    expect(epolls()).toBeLessThanOrEqual(before + 1);
    const told = Promise.withResolvers<void>();
    const listening = waiter.add(line, () => {
      if (take(line) === 8) told.resolve();
    });
    write(line);
    await told.promise;
    listening[Symbol.dispose]();
    closeSync(line);
  });

  test("the kernel writes into no memory that is somebody else's by then", async () => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const waiter = new DescriptorWaiter(koffi);
    const line = made();
    let told = Promise.withResolvers<void>();
    const listening = waiter.add(line, () => {
      if (take(line) === 8) told.resolve();
    });
    for (let round = 0; round < 20; round += 1) {
      told = Promise.withResolvers();
      collect();
      // What was collected is given out again.
      const mine = Array.from({ length: 200 }, () => new Uint8Array(new ArrayBuffer(16)));
      write(line);
      await told.promise;
      expect(mine.flatMap((bytes) => [...bytes].filter((byte) => byte !== 0))).toEqual([]);
    }
    listening[Symbol.dispose]();
    closeSync(line);
  });

  test("what cannot be waited for is refused, and nothing stays open for it", async () => {
    const before = epolls();
    expect(errno(() => new DescriptorWaiter(koffi).add(-1, () => undefined))).toBe(9);
    await expect.poll(epolls).toBeLessThanOrEqual(before);
  });

  test("does not keep a program from its end", { timeout: 30_000 }, () => {
    const program = join(import.meta.dirname, "edge-listener.ts");
    expect(spawnSync(process.execPath, [program], { timeout: 20_000 })).toMatchObject({
      status: 3,
      signal: null,
    });
  });
});

test("the time of an edge is one of the host's clock", () => {
  const before = performance.now();
  const now = thisGpioSystem.clockMs(process.hrtime.bigint());
  expect(now).toBeGreaterThanOrEqual(before - 0.01);
  expect(now).toBeLessThanOrEqual(performance.now() + 0.01);
});
