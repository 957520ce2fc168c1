import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busbar, folderOf, slow, workspace } from "./support/busbar.ts";

const driverOf = (name: string) => join(workspace, `packages/${name}/dist/${name}.wasm`);

/** A receiver on a boat, and the air in its cabin. */
const board = {
  devices: {
    boat: { driver: driverOf("nmea-gps"), uart: { port: "gps", direction: "read" } },
    air: { driver: driverOf("mh-z19b"), uart: { port: "/dev/air" } },
    dust: {
      driver: driverOf("pms5003"),
      uart: { port: "dust", direction: "read" },
      settings: { numbers: true },
    },
  },
  simulate: [
    {
      uart: "gps",
      model: "nmea-gps",
      latitude: 54.5,
      longitude: -3.25,
      altitude: 2,
      speed: 5,
      intervalMs: 200,
    },
    { uart: "air", model: "mh-z19b", co2: 544 },
    { uart: "dust", model: "pms5003", intervalMs: 200 },
  ],
};

describe("serial ports from the command line", { timeout: slow }, () => {
  test("a position, a gas and particles are read with their units", async () => {
    using folder = folderOf({ "board.json": board });
    const read = async (device: string) => {
      const { code, stdout, stderr } = await busbar(["read", "board.json", device], { cwd: folder.path });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout.replace(/ +/g, " ");
    };
    const boat = await read("boat");
    expect(boat).toContain("54.5");
    for (const unit of ["°", " m\n", "m/s"]) expect(boat).toContain(unit);
    expect(await read("air")).toContain("544 ppm");
    const dust = await read("dust");
    expect(dust).toContain("8 µg/m³");
    expect(dust).toContain("1/m³");
  });

  test("the doctor knows the simulated ports, and the ones that are not there", async () => {
    const { air } = board.devices;
    const devices = { ...board.devices, air: { ...air, uart: { port: "ttyNONE7" } } };
    using folder = folderOf({ "board.json": { ...board, devices } });
    const { code, stdout } = await busbar(["doctor", "board.json"], { cwd: folder.path });
    expect(stdout).toContain('boat: the serial port "gps" can be used (simulator).');
    expect(stdout).toContain('air: This machine has no serial port "ttyNONE7" now; ');
    expect(code).toBe(6);
  });

  test("an adapter that is pulled out while its part is opened is an error that says so", async () => {
    const gone = { faults: [{ fault: "disconnected", call: 1 }] };
    using folder = folderOf({ "board.json": { ...board, simulate: [{ ...board.simulate[1], ...gone }] } });
    const { code, stderr } = await busbar(["read", "board.json", "air"], { cwd: folder.path });
    expect(stderr).toContain("serial port");
    expect(code).not.toBe(0);
  });
});
