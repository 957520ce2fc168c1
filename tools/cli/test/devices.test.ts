import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseBoard } from "@busbar/host";
import { describe, expect, test } from "vitest";
import { busbar, type Ended, folderOf, slow, workspace } from "./support/busbar.ts";
import { nativeDevice, sysfsFolder, sysfsOf } from "./support/usb.ts";

const hub = nativeDevice({
  ports: [2],
  ids: [0x2109, 0x3431],
  deviceClass: 9,
  interfaces: [{ codes: [9, 0, 0] }],
});

/** A keyboard with a mouse, behind the hub; usbhid has the keyboard. */
const keyboard = nativeDevice({
  ports: [2, 3],
  ids: [0x046d, 0xc31c],
  interfaces: [
    { codes: [3, 1, 1], endpoints: [0x81], extra: "092111012101223f00" },
    { codes: [3, 1, 2], endpoints: [0x82] },
  ],
});
const arduino = nativeDevice({
  ports: [1],
  ids: [0x2341, 0x0043],
  interfaces: [
    { codes: [2, 2, 1], endpoints: [0x82], extra: "05240010010524010101042402060524060001" },
    { codes: [10, 0, 0] },
  ],
});
const files = {
  ...sysfsOf([], { speed: "480", product: "xHCI Host Controller" }),
  ...sysfsOf([2], { speed: "480", manufacturer: "VIA Labs", product: "Hub" }),
  ...sysfsOf([2, 3], { speed: "1.5", manufacturer: "Logitech", product: "Keyboard" }),
  ...sysfsOf([1], { speed: "12", manufacturer: "Arduino", product: "Uno", serial: "55736" }),
  [`${sysfsFolder([2, 3])}/1-2.3:1.0/driver`]: "../../bus/usb/drivers/usbhid",
  [`${sysfsFolder([2, 3])}/1-2.3:1.0/0003:046D:C31C.0001/report_descriptor`]: "\u0005\u0001",
  [`${sysfsFolder([1])}/1-1:1.0/driver`]: "../../bus/usb/drivers/usbfs",
};
const root = nativeDevice({
  ports: [],
  ids: [0x1d6b, 0x0002],
  deviceClass: 9,
  interfaces: [{ codes: [9, 0, 0] }],
});
const folders = { [`${sysfsFolder([2, 3])}/1-2.3:1.0`]: ["driver", "0003:046D:C31C.0001"] };
const machine = { folders, files, usb: [root, arduino, hub, keyboard] };

/** The entries that the command says to add, read as a board file would be. */
function added({ stdout }: Ended) {
  const { add } = JSON.parse(stdout) as { add: Record<string, unknown> };
  return parseBoard({ devices: add }).devices;
}

describe("busbar devices", { timeout: slow }, () => {
  test("shows what hangs on which hub, who has the interfaces, and which driver fits", async () => {
    const { code, stdout, stderr } = await busbar(["devices"], { machine });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`Bus 1  1d6b:0002  xHCI Host Controller  480 Mbit/s
├─ 1-1  2341:0043  Arduino Uno  serial 55736, 12 Mbit/s
│     0  CDC, abstract control model  in use by a program
│     1  CDC data
│     fits   @busbar/cdc-acm, interfaces 0, 1
└─ 1-2  2109:3431  VIA Labs Hub  480 Mbit/s
   │  0  hub
   └─ 1-2.3  046d:c31c  Logitech Keyboard  1.5 Mbit/s
         0  HID, boot keyboard  kernel driver usbhid
         1  HID, boot mouse
         fits   @busbar/hid, interface 0
         fits   @busbar/hid, interface 1

add to "devices" of a board file
  "cdc-acm": {
    "driver": "@busbar/cdc-acm",
    "usb": { "vendorId": "0x2341", "productId": "0x0043", "serialNumber": "55736", "interfaces": [0, 1] }
  },
  "hid": {
    "driver": "@busbar/hid",
    "usb": { "vendorId": "0x046d", "productId": "0xc31c", "interfaces": [0] }
  },
  "hid-2": {
    "driver": "@busbar/hid",
    "usb": { "vendorId": "0x046d", "productId": "0xc31c", "interfaces": [1] }
  }
`);
  });

  test("--verbose decodes all descriptors", async () => {
    const { stdout } = await busbar(["devices", "--verbose"], { machine });
    expect(stdout).toContain(`
│     USB 2.00, version 1.10, 00/00/00 each interface has its own class, packets of 64 bytes at endpoint 0
│     configuration 1  bus-powered, at most 100 mA, can wake the host, chosen
│       interface 0  02/02/01 CDC, abstract control model  in use by a program
│         CDC 1.10
│         calls managed by the device, data interface 1
│         abstract control: line coding, break
│         union of interface 0 and 1
│         endpoint 0x82  interrupt in  8 bytes  every 10 ms
│       interface 1  0a/00/00 CDC data
`);
    expect(stdout).toContain("          HID 1.11, country 33, report descriptor of 63 bytes\n");
  });

  test("--json has everything, and what it says to add is a board file's", async () => {
    const result = await busbar(["devices", "--json"], { machine });
    const { devices, problem } = JSON.parse(result.stdout) as { devices: object[]; problem: unknown };
    expect(problem).toBe(null);
    expect(devices).toHaveLength(4);
    expect(devices[3]).toMatchObject({
      port: "1-2.3",
      vendorId: "0x046d",
      speed: "low",
      simulated: false,
      activeConfiguration: 1,
      configurations: [
        {
          remoteWakeup: true,
          interfaces: [
            {
              name: "HID, boot keyboard",
              user: "usbhid",
              endpoints: [{ address: "0x81", direction: "in", type: "interrupt", intervalMs: 10 }],
              descriptors: [{ bytes: "092111012101223f00", means: expect.stringContaining("HID 1.11") }],
            },
            { user: null },
          ],
        },
      ],
      drivers: [
        { package: "@busbar/hid", interfaces: [0] },
        { package: "@busbar/hid", interfaces: [1] },
      ],
    });
    expect(Object.keys(added(result))).toEqual(["cdc-acm", "hid", "hid-2"]);
  });

  test("--board shows what each entry gives, refuses security keys with the reason, and lists simulated devices", async () => {
    const key = nativeDevice({
      ports: [4],
      ids: [0x1050, 0x0407],
      interfaces: [{ codes: [3, 0, 0] }, { codes: [11, 0, 0] }],
    });
    const driver = "@busbar/hid";
    const board = {
      devices: {
        keys: { driver, usb: { vendorId: "0x046d", interfaces: [0] } },
        reader: { driver, usb: { vendorId: "0x1050", interfaces: [1] } },
        echo: {
          driver: "@busbar/usb-echo",
          usb: { vendorId: "0x1209", productId: "0x0001", interfaces: [0] },
        },
      },
      simulate: [{ usb: "1-5", model: "usb-echo" }],
    };
    using folder = folderOf({ "board.json": board });
    const { code, stdout, stderr } = await busbar(["devices", "--board", join(folder.path, "board.json")], {
      machine: { ...machine, usb: [keyboard, key], files: { ...files, ...sysfsOf([4], {}) } },
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("board  keys may use interface 0\n");
    expect(stdout).toContain(
      "│     board  reader may use nothing of it\n" +
        '│            refused: the device is a security key, which needs "allow": ["security-keys"]\n',
    );
    expect(stdout).toMatch(/1-5 {2}1209:0001 {2}Busbar echo {2}serial 1, 480 Mbit\/s, simulated\n/);
    expect(stdout).toContain("board  echo may use interface 0\n");
    // No driver is installed beside that board file.
    expect(stdout).not.toContain("fits");
    expect(stdout).not.toContain("add to");
  });

  test("an interface whose report descriptor says FIDO is refused too", async () => {
    const usb = { vendorId: "0x046d", interfaces: [0] };
    using folder = folderOf({ "board.json": { devices: { keys: { driver: "@busbar/hid", usb } } } });
    const descriptor = `${sysfsFolder([2, 3])}/1-2.3:1.0/0003:046D:C31C.0001/report_descriptor`;
    const { stdout } = await busbar(["devices", "--board", "board.json", "--json"], {
      cwd: folder.path,
      machine: { ...machine, files: { ...files, [descriptor]: "\u0006\u00d0\u00f1\u0009\u0001" } },
    });
    const { devices } = JSON.parse(stdout) as { devices: { port: string; board: object[] }[] };
    expect(devices.find(({ port }) => port === "1-2.3")?.board).toEqual([
      {
        device: "keys",
        interfaces: [],
        refused: [{ interface: 0, reason: expect.stringContaining("interface 0 is a security key") }],
      },
    ]);
  });

  test("a camera's driver gets the interfaces that its control interface names, and no others", async () => {
    const webcam = nativeDevice({
      ports: [3],
      ids: [0x046d, 0x0893],
      interfaces: [
        { codes: [14, 1, 0], extra: "0d24010001" + "0d00" + "80c3c901" + "01" + "01" },
        // An input header has the same subtype, and names no interface.
        { codes: [14, 2, 0], extra: "0e2401013700810002000000010300" },
        { codes: [14, 2, 0] },
      ],
    });
    const result = await busbar(["devices", "--json"], { machine: { usb: [webcam] } });
    expect(Object.entries(added(result)).map(([name, { usb }]) => [name, usb?.interfaces])).toEqual([
      ["uvc", [0, 1]],
    ]);
  });

  test("devices that say the same are told by their ports", async () => {
    const disks = [5, 6].map((port) =>
      nativeDevice({ ports: [port], ids: [0x0781, 0x5567], interfaces: [{ codes: [8, 6, 0x50] }] }),
    );
    const result = await busbar(["devices", "--json"], { machine: { usb: disks } });
    expect(Object.values(added(result)).map(({ usb }) => usb?.port)).toEqual(["1-5", "1-6"]);
  });

  test("a hostile device cannot write to the terminal, and what is copied still means it", async () => {
    const serial = '\u001b[2J"\u202e":1';
    const texts = { manufacturer: "\u001b]0;owned\u0007", product: "x".repeat(500), serial };
    const result = await busbar(["devices"], {
      machine: { usb: [arduino], files: sysfsOf([1], texts) },
    });
    for (const character of "\u001b\u0007\u202e") expect(result.stdout).not.toContain(character);
    expect(result.stdout.split("\n")[1]!.length).toBeLessThan(150);
    const json = result.stdout.slice(result.stdout.indexOf('  "cdc-acm"'));
    const { devices } = parseBoard({ devices: JSON.parse(`{${json}}`) as object });
    expect(devices["cdc-acm"]?.usb?.serialNumber).toBe(serial);
  });

  test("malformed descriptors are said to be", async () => {
    const unread = nativeDevice({ ports: [1], ids: [0x2341, 0x0043], errno: -5 });
    const listed = await busbar(["devices"], { machine: { usb: [unread] } });
    expect(listed.stdout).toContain(
      "└─ 1-1  2341:0043  (each interface has its own class)\n      malformed descriptors\n",
    );
  });

  test("without USB, and without libusb: one sentence", async () => {
    const noUsb = await busbar(["devices"], { machine: {} });
    expect(noUsb).toEqual({
      code: 0,
      stdout:
        "There is no /dev/bus/usb; mend it with: sudo modprobe usbcore, or plug in a USB host adapter\n",
      stderr: "",
    });
    const none = await busbar(["devices"], { machine: { files: { "/dev/bus/usb": "" } } });
    expect(none).toEqual({
      code: 0,
      stdout: 'No USB device is plugged in; "busbar doctor" says whether USB works here.\n',
      stderr: "",
    });
    const missing = await busbar(["devices"], { machine: { usb: null } });
    expect(missing).toEqual({
      code: 0,
      stdout: "The npm package usb is not installed; mend it with: npm install usb@2\n",
      stderr: "",
    });
    const json = await busbar(["devices", "--json"], { machine: { usb: null } });
    expect(JSON.parse(json.stdout)).toMatchObject({
      devices: [],
      problem: expect.stringContaining("npm install"),
    });
  });

  test("an installed driver whose manifest is malformed is none, and harms nobody", async () => {
    const driver = (usb: unknown) => JSON.stringify({ busbar: { component: "dist/x.wasm", usb } });
    using folder = folderOf({
      "node_modules/good/package.json": driver([{ vendorId: "0x2341" }]),
      "node_modules/@a/b/package.json": driver([{ productId: "0x2341" }]),
      "node_modules/broken/package.json": "{",
      "node_modules/@busbar/hid/package.json": readFileSync(
        join(workspace, "packages/hid/package.json"),
        "utf8",
      ),
    });
    const { stdout } = await busbar(["devices", "--json"], { machine, cwd: folder.path });
    const { devices } = JSON.parse(stdout) as { devices: { drivers: object[] }[] };
    expect(devices.map(({ drivers }) => drivers)).toEqual([
      [],
      [{ package: "good", interfaces: [0, 1] }],
      [],
      [
        { package: "@busbar/hid", interfaces: [0] },
        { package: "@busbar/hid", interfaces: [1] },
      ],
    ]);
  });
});
