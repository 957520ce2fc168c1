import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { componentBytes } from "../../registry/test/support/component-bytes.ts";
import { bme280, busbar, folderOf, simulatedBoard, slow, warmCache, workspace } from "./support/busbar.ts";
import { deviceFile, nativeDevice, sysfsFolder, sysfsOf } from "./support/usb.ts";

beforeAll(warmCache, slow);

const noBus = {};

/** A Raspberry Pi's bus that only root may use. */
const rootsBus = {
  folders: { "/sys/bus/i2c/devices": ["i2c-1"], "/sys/class/i2c-dev": ["i2c-1"] },
  files: { "/sys/bus/i2c/devices/i2c-1/name": "bcm2835 (i2c@7e804000)\n" },
  refused: ["/dev/i2c-1"],
};

/** The adapter is there, but i2c-dev is not loaded. */
const noModule = {
  folders: { "/sys/bus/i2c/devices": ["i2c-1"] },
  files: { "/sys/bus/i2c/devices/i2c-1/name": "bcm2835 (i2c@7e804000)\n" },
};

/** Two USB devices, one of them in use by a program, on a machine without udevd. */
const usbMachine = {
  files: {
    "/dev/bus/usb": "",
    ...sysfsOf([1], {}),
    ...sysfsOf([2], {}),
    [`${sysfsFolder([2])}/1-2:1.0/driver`]: "../../bus/usb/drivers/usbfs",
  },
  usb: [
    nativeDevice({ ports: [1], ids: [0x2341, 0x0043], interfaces: [{ codes: [255, 0, 0] }] }),
    nativeDevice({ ports: [2], ids: [0x1234, 0x0001], interfaces: [{ codes: [255, 0, 0] }] }),
  ],
};

const hardwareBoard = { devices: { indoor: { driver: bme280, i2c: { bus: 1, address: "0x76" } } } };

describe("a machine that cannot run a board", { timeout: slow }, () => {
  test("no permission: the sentence has the line that mends it", async () => {
    using folder = folderOf({ "board.json": hardwareBoard });
    const result = await busbar(["read", "board.json"], { cwd: folder.path, machine: rootsBus });
    expect(result.stderr).toMatch(
      /^busbar: This user may not open \/dev\/i2c-1; mend it with: sudo groupadd .* # then log in again\n$/,
    );
    expect(result.code).toBe(6);
  });

  test("no i2c-dev module: the sentence has the line that mends it", async () => {
    using folder = folderOf({ "board.json": hardwareBoard });
    const result = await busbar(["read", "board.json"], { cwd: folder.path, machine: noModule });
    expect(result.stderr).toBe(
      "busbar: /dev/i2c-1 is missing because the kernel module i2c-dev is not loaded; mend it with: " +
        "sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf\n",
    );
    expect(result.code).toBe(6);
  });

  test("a cache folder that cannot be made", async () => {
    const { code, stdout, stderr } = await busbar(["read", "examples/indoor/board.json"], {
      env: { XDG_CACHE_HOME: "/dev/null" },
    });
    expect(stderr).toMatch(
      /^busbar: \/dev\/null\/busbar cannot be used \(ENOTDIR\): the cache is in .* until this machine is restarted; set XDG_CACHE_HOME to a folder that only you can write\.\n$/,
    );
    expect(stdout).toContain("temperature");
    expect(code).toBe(0);
  });
});

describe("without a home folder", { timeout: slow }, () => {
  // Only root can be somebody else.
  test.runIf(process.getuid?.() === 0)(
    "and as nobody: the cache is in a temporary folder, with a line",
    async () => {
      using folder = folderOf({ "board.json": simulatedBoard(), "driver.wasm": readFileSync(bme280) });
      const board = { ...simulatedBoard({ driver: "./driver.wasm" }) };
      writeFileSync(join(folder.path, "board.json"), JSON.stringify(board));
      for (const name of ["", "board.json", "driver.wasm"]) chmodSync(join(folder.path, name), 0o755);
      const temporary = mkdtempSync(join(tmpdir(), "busbar-nobody-"));
      chmodSync(temporary, 0o777);
      const run = (...args: string[]) =>
        spawnSync(process.execPath, [join(workspace, "tools/cli/bin/busbar.js"), ...args], {
          cwd: folder.path,
          encoding: "utf8",
          uid: 65_533,
          gid: 65_533,
          env: { PATH: process.env.PATH, TMPDIR: temporary },
        });
      try {
        const read = run("read");
        expect(read.stderr).toMatch(
          /^busbar: there is no home folder: the cache is in \S*busbar-cache-65533\/prepared until this machine is restarted; [^\n]*\n$/,
        );
        expect([read.status, read.stdout]).toEqual([0, expect.stringContaining("temperature")]);
        expect(run("doctor").stdout).toMatch(/^ok {3}The cache is in \S*busbar-cache-65533\/prepared until/m);
      } finally {
        rmSync(temporary, { recursive: true });
      }
    },
  );
});

describe("busbar scan", { timeout: slow }, () => {
  test("a machine without buses has an empty list, which is no error", async () => {
    const plain = await busbar(["scan"], { machine: noBus });
    expect(plain).toEqual({
      code: 0,
      stdout: 'This machine has no I2C bus; "busbar doctor" says what is missing.\n',
      stderr: "",
    });
    const json = await busbar(["scan", "--json"], { machine: noBus });
    expect(JSON.parse(json.stdout)).toEqual({ buses: [] });
  });

  test("lists a bus that cannot be used with the reason", async () => {
    const plain = await busbar(["scan"], { machine: rootsBus });
    expect(plain.stdout).toContain(
      "1  bcm2835 (i2c@7e804000), /dev/i2c-1\n   This user may not open /dev/i2c-1;",
    );
    const { code, stdout } = await busbar(["scan", "--json"], { machine: rootsBus });
    expect(JSON.parse(stdout)).toEqual({
      buses: [
        {
          number: 1,
          name: "bcm2835 (i2c@7e804000)",
          path: "/dev/i2c-1",
          functions: [],
          problem: expect.stringContaining("sudo"),
        },
      ],
    });
    expect(code).toBe(0);
  });

  test.for([
    ["7", "7"],
    ["i2c-7", "7"],
    ["/dev/i2c-7", "7"],
    ["attic", '"attic"'],
  ] as const)("a bus that does not exist: %s", async ([bus, named]) => {
    const { code, stderr } = await busbar(["scan", bus], { machine: rootsBus });
    expect(stderr).toBe(
      `busbar: There is no I2C bus ${named}; this machine has 1 (bcm2835 (i2c@7e804000)).\n`,
    );
    expect(code).toBe(6);
  });
});

describe("busbar doctor", { timeout: slow }, () => {
  test("says what is missing and the line that mends it", async () => {
    const { code, stdout } = await busbar(["doctor"], { machine: noModule });
    expect(stdout).toContain(
      "bad  /dev/i2c-1 is missing because the kernel module i2c-dev is not loaded.\n" +
        "     mend it with: sudo modprobe i2c-dev && ",
    );
    expect(code).toBe(6);
  });

  test("--json has every finding", async () => {
    const { code, stdout } = await busbar(["doctor", "--json"], { machine: rootsBus });
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { id: string }[] };
    expect(ok).toBe(false);
    expect(findings.find(({ id }) => id === "/dev/i2c-1")).toEqual({
      id: "/dev/i2c-1",
      ok: false,
      code: "backend",
      what: "This user may not open /dev/i2c-1.",
      fix: expect.stringContaining("udev"),
    });
    expect(findings.find(({ id }) => id === "node")).toMatchObject({ ok: true });
    expect(code).toBe(6);
  });

  test("a simulated board needs no hardware", async () => {
    const { code, stdout } = await busbar(["doctor", "examples/indoor/board.json"], { machine: noBus });
    expect(stdout).toContain(
      "ok   indoor: @busbar/bme280 drives a sensor, and all that it imports is granted.\n",
    );
    expect(stdout).toContain('ok   indoor: bus "sim" can be used (simulator).\n');
    expect(stdout).not.toContain("i2c-dev");
    expect(stdout).toMatch(/\nNothing is missing\.\n$/);
    expect(code).toBe(0);
  });

  test("looks at every device of a board, and ends as the first that is wrong", async () => {
    const i2c = { bus: "sim", address: "0x76" };
    const devices = {
      greedy: { driver: "./i2c.wasm" },
      gone: { driver: "./gone.wasm", i2c: { ...i2c, bus: "attic" } },
    };
    using folder = folderOf({
      "board.json": { ...simulatedBoard(), devices },
      "i2c.wasm": componentBytes(["wasi:i2c/i2c@0.2.0-draft"], ["busbar:device/sensor@0.1.0"]),
    });
    const args = ["doctor", "board.json", "--json"];
    const { code, stdout } = await busbar(args, { cwd: folder.path, machine: noBus });
    const { findings } = JSON.parse(stdout) as { findings: { id: string; ok: boolean; code?: string }[] };
    const wrong = findings.filter(({ ok }) => !ok).map(({ id, code: name }) => [id, name]);
    expect(wrong).toEqual([
      ["i2c-adapter", "backend"],
      ["devices.greedy.driver", "not-granted"],
      ["devices.gone.driver", "component"],
      ["devices.gone.i2c", "backend"],
    ]);
    expect(code).toBe(6);
  });

  test("USB: what nobody may open, with the rule that mends it, and who has what", async () => {
    const { code, stdout } = await busbar(["doctor", "--json"], {
      machine: { ...rootsBus, ...usbMachine, refused: [deviceFile([1])] },
    });
    const { findings } = JSON.parse(stdout) as { findings: { id: string; ok: boolean; fix?: string }[] };
    const usb = findings.filter(({ id }) => /usb|udev/.test(id));
    expect(usb.map(({ id, ok }) => [id, ok])).toEqual([
      ["usb", true],
      ["/dev/bus/usb", true],
      ["udevd", false],
      [deviceFile([1]), false],
      [deviceFile([2]), true],
    ]);
    expect(usb[2]?.fix).toContain("systemctl start systemd-udevd");
    expect(usb[3]?.fix).toContain('ATTR{idVendor}=="2341", ATTR{idProduct}=="0043"');
    expect(code).toBe(6);
  });

  test("USB devices of a board: permission, busy interface, absent, simulated", async () => {
    const usb = (vendorId: string) => ({ driver: "./echo.wasm", usb: { vendorId, interfaces: [0] } });
    const board = {
      devices: {
        locked: usb("0x2341"),
        busy: usb("0x1234"),
        absent: usb("0x4321"),
        echo: usb("0x1209"),
      },
      simulate: [{ usb: "9-1", model: "usb-echo" }],
    };
    using folder = folderOf({
      "board.json": board,
      "echo.wasm": componentBytes(["component:usb/device@0.2.1"], ["busbar:device/usb-echo@0.1.0"]),
    });
    const { code, stdout } = await busbar(["doctor", "board.json"], {
      cwd: folder.path,
      machine: { ...usbMachine, refused: [deviceFile([1])] },
    });
    expect(stdout).toMatch(
      /\nbad {2}locked: This user may not open \/dev\/bus\/usb\/001\/002, which is 0x2341:0x0043 on port 1-1\.\n {5}mend it with: sudo groupadd/,
    );
    expect(stdout).toContain(
      "\nbad  busy: Interface 0 of 0x1234:0x0001 on port 1-2 is in use by another program.\n" +
        "     mend it with: sudo fuser -v /dev/bus/usb/001/003  # says which; end it\n",
    );
    expect(stdout).toContain(
      "\nbad  absent: No USB device that is plugged in matches.\n     mend it with: plug it in, or correct the entry;",
    );
    expect(stdout).toContain("\nok   echo: 0x1209:0x0001 on port 9-1 is plugged in (simulator).\n");
    expect(code).toBe(6);
  });

  test("a board that is all simulated needs no USB", async () => {
    const echo = { driver: "./echo.wasm", usb: { vendorId: "0x1209", interfaces: [0] } };
    using folder = folderOf({
      "board.json": { devices: { echo }, simulate: [{ usb: "9-1", model: "usb-echo" }] },
      "echo.wasm": componentBytes(["component:usb/device@0.2.1"], ["busbar:device/usb-echo@0.1.0"]),
    });
    const result = await busbar(["doctor", "board.json"], { cwd: folder.path, machine: { usb: null } });
    expect(result.stdout).toMatch(/\nNothing is missing\.\n$/);
    expect(result.code).toBe(0);
  });

  test("a board file that is wrong", async () => {
    const { code, stdout } = await busbar(["doctor", "nowhere.json"], { machine: noBus });
    expect(stdout).toContain(
      "bad  the board file nowhere.json does not exist; write one, or name another.\n",
    );
    expect(code).toBe(3);
  });
});
