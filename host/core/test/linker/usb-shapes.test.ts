/**
 * Interfaces that go by one name but have several shapes (wit/shapes): each component gets the one that it declares, and one
 * that is no shape of the host's is refused by name.
 */

import { parseWat } from "@busbar/jco";
import { expect, test } from "vitest";
import { parseBoard } from "../../src/board/parse.ts";
import { usbDevice, usbTransfers } from "../../src/bus/usb/component-usb.ts";
import { usb } from "../../src/bus/usb/index.ts";
import { UsbSession } from "../../src/bus/usb/session.ts";
import { DeviceQuota } from "../../src/grants/quota.ts";
import { CallBudget } from "../../src/instance/budget.ts";
import { builtIn } from "../../src/modules.ts";
import { Trace } from "../../src/trace/trace.ts";
import { FakeClock } from "../fakes.ts";
import { FakeUsbDevice, noSetup, on } from "../usb-fakes.ts";
import { inRoom, room, start } from "./harness.ts";

const errors =
  "io invalid-param access no-device not-found busy timeout overflow pipe interrupted no-mem not-supported other";
const statuses = "success error timed-out cancelled stall no-device overflow";
const enumOf = (labels: string) =>
  `(enum ${labels
    .split(" ")
    .map((label) => `"${label}"`)
    .join(" ")})`;

const packets = `
  (type $s ${enumOf(statuses)}) (export "iso-packet-status" (type $status (eq $s)))
  (type $p (record (field "actual-length" u32) (field "status" $status))) (export "iso-packet" (type $packet (eq $p)))
  (type $r (record (field "data" (list u8)) (field "packets" (list $packet))))
  (export "transfer-result" (type $result (eq $r)))`;

/** A component whose `f` awaits a transfer, and returns how many bytes it gave, or 1000 and the number of its error. */
const component = (name: string, parameter: "own" | "borrow", types: string, ok: string) =>
  parseWat(`(component
    (import "${name}" (instance $usb
      (export "transfer" (type $transfer (sub resource)))
      (type $e ${enumOf(errors)}) (export "libusb-error" (type $error (eq $e)))
      ${types}
      (export "await-transfer" (func (param "xfer" (${parameter} $transfer)) (result (result ${ok} (error $error)))))))
    (alias export $usb "transfer" (type $transfer))
    ${room()}
    (core func $await (canon lower (func $usb "await-transfer") ${inRoom}))
    (core func $drop (canon resource.drop $transfer))
    (core module $code
      (import "h" "memory" (memory 1))
      (import "h" "await" (func $await (param i32 i32)))
      (import "h" "drop" (func $drop (param i32)))
      (func (export "f") (param i32) (result i32)
        (call $await (local.get 0) (i32.const 1024))
        ${parameter === "borrow" ? "(call $drop (local.get 0))" : ""}
        (if (result i32) (i32.load8_u (i32.const 1024))
          (then (i32.add (i32.const 1000) (i32.load8_u (i32.const 1028))))
          (else (i32.load (i32.const 1032))))))
    (core instance $running (instantiate $code (with "h" (instance
      (export "memory" (memory $room "memory")) (export "await" (func $await)) (export "drop" (func $drop))))))
    (func (export "f") (param "x" (own $transfer)) (result u32) (canon lift (core func $running "f"))))`);

/** A transfer of a device with 3 bytes to give, made by the host's own functions. */
async function transfer(answer: (device: FakeUsbDevice) => void) {
  const clock = new FakeClock();
  const file = parseBoard({
    devices: { echo: { driver: "x", usb: { vendorId: "0x1209", interfaces: [0] } } },
  });
  const entry = file.devices.echo!;
  const budget = new CallBudget(clock, 1000);
  const common = { device: "echo", entry, clock, trace: new Trace(clock), budget };
  const device = new FakeUsbDevice();
  answer(device);
  const quota = new DeviceQuota(entry, clock, builtIn);
  const session = await UsbSession.start(
    { ...common, quota, grant: entry.usb!, counts: quota.countsOf(usb)! },
    device,
  );
  const view = { budget, sessions: () => [session], takeChanges: () => [] };
  const [[found]] = usbDevice(view).listDevices() as unknown as [
    [ReturnType<ReturnType<typeof usbDevice>["listDevices"]>[number][0]],
  ];
  const handle = found.open();
  handle.claimInterface(0);
  const made = handle.newTransfer("bulk", noSetup, 8, on(0x81));
  made.submitTransfer(new Uint8Array());
  return made;
}

const bytes = "(list u8)";
const shapes: [name: string, ...Parameters<typeof component>][] = [
  ["the proposal's", "component:usb/transfers@0.2.1", "own", "", bytes],
  ["a result with packets", "component:usb/transfers@0.2.1", "own", packets, "$result"],
  ["a lent transfer", "component:usb/transfers@0.2.1", "borrow", packets, "$result"],
  ["the later name", "wasi:usb/transfers@0.2.1", "own", "", bytes],
];

test.each(shapes)("%s", async (_, name, ...shape) => {
  const path = name.replace(/@.*/, "");
  const { f } = await start(await component(name, ...shape), { [path]: usbTransfers() });
  const good = await transfer((device) => {
    device.answer = (each) => each.succeed(Uint8Array.of(7, 8, 9));
  });
  expect(await f(good)).toBe(3);
  const stalled = await transfer((device) => {
    device.answer = (each) => each.fail("pipe");
  });
  expect(await f(stalled)).toBe(1000 + errors.split(" ").indexOf("pipe"));
});

test.each([
  ["a lent transfer that gives bytes only", "borrow", "", bytes],
  ["a result of another width", "own", "", "(list u16)"],
  ["a result without an error", "own", packets, "$packet"],
] as const)("%s is no shape of the host's", async (_, parameter, types, ok) => {
  const built = await component("component:usb/transfers@0.2.1", parameter, types, ok);
  await expect(start(built, { "component:usb/transfers": usbTransfers() })).rejects.toThrow(
    "x.wasm cannot be linked: it imports the function await-transfer of component:usb/transfers@0.2.1 with another type " +
      "than this host's; use another build of it.",
  );
});
