/**
 * The workspace's apps and the boards of examples/, by the command of every host, on the kernel's own adapters and devices: linked
 * with their drivers, and composed with them, so that they bring drivers of their own.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { BoardFile } from "@busbar/host";
import { attachI2cAdapter, Gadget, type I2cAdapter, type SimulatedTarget } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { partitionedImage } from "./disk-image.ts";
import { boardFile, describeOn, type HostUnderTest, hosts } from "./hosts.ts";
import { composed, driver } from "./native-program.ts";
import { gadgetGrant, SLOW_LIMITS } from "./support.ts";

const examples = join(import.meta.dirname, "../../../examples");

/** The board of an example, and what is simulated there. */
function example(name: string): BoardFile & { readonly simulate: readonly SimulatedTarget[] } {
  return JSON.parse(readFileSync(join(examples, name, "board.json"), "utf8"));
}

/** Where the component of an example's entry is: a package, a file beside the board, or one that a person makes there. */
function componentOf(name: string, specifier: string): string {
  if (specifier === "./station.wasm") return composed("station");
  return specifier.startsWith("@busbar/")
    ? driver(specifier.slice("@busbar/".length))
    : join(examples, name, specifier);
}

/** The board of an example as it is wired to an adapter. */
function wiredTo({ busNumber }: I2cAdapter, name: string): BoardFile {
  const { devices, apps = {} } = example(name);
  const limits = SLOW_LIMITS;
  return {
    devices: Object.fromEntries(
      Object.entries(devices).map(([device, { driver: specifier, i2c, ...entry }]) => {
        const component = specifier === undefined ? {} : { driver: componentOf(name, specifier) };
        return [device, { ...entry, ...component, i2c: { ...i2c!, bus: busNumber }, limits }];
      }),
    ),
    apps: Object.fromEntries(
      Object.entries(apps).map(([app, entry]) => [
        app,
        { ...entry, component: componentOf(name, entry.component) },
      ]),
    ),
  };
}

/** Runs the apps of a board until they have printed so many lines, and what `look` finds then. */
async function runUntil<Found>(
  host: HostUnderTest,
  board: string,
  lines: number,
  look: () => Promise<Found>,
): Promise<{ code: number | null; printed: string[]; found: Found; errors: string }> {
  const child = host.start("run", board);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const printed: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    printed.push(line);
    if (printed.length === lines) break;
  }
  const found = await look();
  child.kill("SIGTERM");
  // What it prints until it is told is not looked at.
  child.stdout.resume();
  return { code: await ended, printed, found, errors };
}

/** Of what is tried with an app that is linked, and then with one that is composed, what a host can do. */
function possible<Linked, Composed>(
  host: HostUnderTest,
  [linked, composed]: readonly [Linked, Composed],
): (Linked | Composed)[] {
  return host.runsComposed ? [linked, composed] : [linked];
}

describeOn(hosts, "on an I2C adapter", (host) => {
  let adapter: I2cAdapter;
  beforeAll(async () => {
    adapter = await attachI2cAdapter([]);
  });
  afterAll(() => adapter?.detach());

  /** Puts the chips of an example on the adapter, with what they measure where they have that; gives the board for them. */
  async function plug(name: string, measured: Readonly<Record<string, object>> = {}): Promise<BoardFile> {
    const { simulate } = example(name);
    await adapter.replace(
      simulate.map(({ i2c: _, address, model, ...parameters }) => {
        return { ...parameters, ...measured[model], model, address: Number(address) };
      }),
    );
    return wiredTo(adapter, name);
  }

  const room = { bme280: { temperature: 21.5, pressure: 100_000, humidity: 50 } };

  /** A board with one BME280 in the room, and nothing simulated. */
  async function expectRead(board: BoardFile): Promise<void> {
    const { code, stdout, stderr } = await host.run("read", await boardFile({ ...board, apps: {} }));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^indoor +Bosch Sensortec BME280.*\n +temperature +21\.50* +°C\n/);
  }

  it("examples/indoor is read", async () => {
    await expectRead(await plug("indoor", room));
  });

  it("examples/raspberry-pi is read", async () => {
    await adapter.replace([{ address: 0x76, model: "bme280", ...room.bme280 }]);
    await expectRead(wiredTo(adapter, "raspberry-pi"));
  });

  it("examples/others is called", async ({ skip }) => {
    skip(!(await host.has("call")), "it calls no function of a component");
    const path = await boardFile({ ...(await plug("others")), apps: {} });
    expect(await host.run("call", path, "outside", "get-temperature", "i2c")).toEqual({
      code: 0,
      stdout: "21.5\n",
      stderr: "",
    });
  });

  it("i2c-echo sends bytes through a memory", async ({ skip }) => {
    skip(!(await host.has("call")), "it calls no function of a component");
    await adapter.replace([{ address: 0x50, model: "registers", registers: {} }]);
    const memory = { driver: driver("i2c-echo"), i2c: { bus: adapter.busNumber, address: 0x50 } };
    const path = await boardFile({ devices: { memory }, apps: {} });
    expect(await host.run("call", path, "memory", "echo", "i2c", "address", "[1, 2, 255]")).toEqual({
      code: 0,
      stdout: "[1,2,255]\n",
      stderr: "",
    });
  });

  const stations = [
    ["examples/weather-station, linked with its drivers,", "weather-station"],
    ["examples/composed, with drivers of its own,", "composed"],
  ] as const;
  it.each(possible(host, stations))("%s shows what it reads", async (_, name) => {
    const path = await boardFile(await plug(name, room));
    const { code, printed, found, errors } = await runUntil(host, path, 3, () => adapter.picture(0x27));
    expect([code, errors]).toEqual([0, ""]);
    expect(printed.map((line) => line.replace(/^\d+: /, ""))).toEqual(
      Array(3).fill("temperature 21.5 C, pressure 1000 hPa, humidity 50 %"),
    );
    const rows = ["21.5 C", "1000 hPa"].map((text) => `│ ${text.padStart(16)} │`);
    expect(found!.split("\n").slice(1, 3)).toEqual(rows);
  });
});

describeOn(hosts, "on a USB gadget", (host) => {
  const STICK = 0x0015;
  const LOOPBACK = 0x0016;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync("/dev/shm/busbar-apps-");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe("with a file system", () => {
    let gadget: Gadget;
    beforeAll(async () => {
      const image = await partitionedImage(join(folder, "disk"), join(folder, "content"));
      const attributes = { "lun.0/removable": "1", "lun.0/file": image };
      gadget = new Gadget({
        name: "files",
        productId: STICK,
        functions: [{ name: "mass_storage.files", attributes }],
      });
      gadget.plug();
      await gadget.recognised({ 0: "usb-storage" });
    });
    afterAll(() => gadget?.remove());

    const ways = [
      ["examples/usb-files, linked with its driver,", "usb-files", { driver: driver("mass-storage") }],
      ["usb-files with a driver of its own", "composed", {}],
    ] as const;
    it.each(possible(host, ways))("%s lists and copies what is there", async (_, name, component) => {
      const { files } = example("usb-files").apps!;
      const stick = { ...component, usb: gadgetGrant(STICK, [0]), limits: SLOW_LIMITS };
      const app = name === "composed" ? composed("files") : driver("usb-files");
      const path = await boardFile({
        devices: { stick },
        apps: { files: { ...files!, component: app } },
      });
      const listed = await host.run("run", path, "--", "ls");
      expect(listed).toMatchObject({ code: 0, stderr: "" });
      expect(listed.stdout).toMatch(/ 300000 a rather long name\.bin\n$/);
      expect(await host.run("run", path, "--", "copy", "/")).toMatchObject({ code: 0, stderr: "" });
      const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
      expect(digest(join(path, "../out/a rather long name.bin"))).toBe(digest(join(folder, "content")));
    });
  });

  it.runIf(host.runsComposed)(
    "usb-echo in an app that brings it sends bytes through the loopback",
    async () => {
      using gadget = new Gadget({ name: "loop", productId: LOOPBACK, functions: [{ name: "Loopback.0" }] });
      const loop = { usb: gadgetGrant(LOOPBACK, [0]) };
      const path = await boardFile({
        devices: { loop },
        apps: { echo: { component: composed("echo"), uses: ["loop"] } },
      });
      const absent = await host.run("run", path, "--once");
      expect(absent).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^not-found: .* is not plugged in/),
      });
      gadget.plug();
      await gadget.recognised();
      expect(await host.run("run", path, "--once")).toMatchObject({ code: 0, stdout: ": 1 2 3\n" });
    },
  );
});
