import type { ListedConfiguration, ListedDevice, ListedInterface } from "../usb/listed-device.ts";
import type { Granted } from "../usb/matching.ts";
import { style } from "./output.ts";
import { printable, printableMessage } from "./printable.ts";
import { columns } from "./table.ts";
import { type TreeNode, tree } from "./tree.ts";

/** Longer names of devices are cut. */
const longestName = 60;

/** What a person calls a speed. */
const speeds: Readonly<Record<string, string>> = {
  low: "1.5 Mbit/s",
  full: "12 Mbit/s",
  high: "480 Mbit/s",
  super: "5 Gbit/s",
  "super-plus": "10 Gbit/s",
  "super-plus-X2": "20 Gbit/s",
};

/**
 * The devices of all buses as trees: what hangs on which hub, the interfaces, who has them, which driver fits, and what the
 * board gives.
 *
 * @param verbose with all descriptors
 */
export function deviceTree(devices: readonly ListedDevice[], verbose: boolean): string {
  const buses = [...new Set(devices.map(({ bus }) => bus))].sort((left, right) => left - right);
  return buses
    .map((bus) =>
      tree(
        busNode(
          bus,
          devices.filter((each) => each.bus === bus),
          verbose,
        ),
      ).join("\n"),
    )
    .join("\n\n");
}

function busNode(bus: number, devices: readonly ListedDevice[], verbose: boolean): TreeNode {
  const root = devices.find(({ port }) => port === null);
  const others = devices.filter((each) => each !== root);
  const top = others.filter(({ port }) => !others.some((each) => each.port === hubOf(port)));
  return {
    title: `${style("bold", `Bus ${bus}`)}${root === undefined ? "" : `  ${titleOf(root)}`}`,
    lines: root !== undefined && verbose ? descriptorLines(root) : [],
    children: sorted(top).map((each) => deviceNode(each, others, verbose)),
  };
}

function deviceNode(device: ListedDevice, devices: readonly ListedDevice[], verbose: boolean): TreeNode {
  const port = device.port === null ? `address ${device.address}` : device.port;
  const children = device.port === null ? [] : devices.filter((each) => hubOf(each.port) === device.port);
  const details = verbose ? descriptorLines(device) : interfaceLines(device);
  return {
    title: `${style("bold", port)}  ${titleOf(device)}`,
    lines: [...details, ...driverLines(device), ...boardLines(device)],
    children: sorted(children).map((each) => deviceNode(each, devices, verbose)),
  };
}

/** The port of the hub that a device hangs on: "1-2" for "1-2.3"; undefined for the root hub's ports. */
function hubOf(port: string | null): string | undefined {
  return port === null ? undefined : /^(.*)\.\d+$/.exec(port)?.[1];
}

function sorted(devices: readonly ListedDevice[]): ListedDevice[] {
  return devices.toSorted((left, right) =>
    (left.port ?? "").localeCompare(right.port ?? "", "en", { numeric: true }),
  );
}

/** "2341:0043  Arduino Uno  serial 55736, 12 Mbit/s". */
function titleOf({ vendorId, productId, ...device }: ListedDevice): string {
  const name = [device.manufacturer, device.product].filter((text) => text !== null && text !== "").join(" ");
  const about = [
    ...(device.serialNumber ? [`serial ${printable(device.serialNumber, longestName)}`] : []),
    ...(speeds[device.speed] === undefined ? [] : [speeds[device.speed]]),
    ...(device.simulated ? ["simulated"] : []),
  ].join(", ");
  const ids = `${vendorId.slice(2)}:${productId.slice(2)}`;
  return `${ids}  ${printable(name, longestName) || `(${device.name})`}  ${style("dim", about)}`.trimEnd();
}

/** An interface a line: its number, its class, and who has it. */
function interfaceLines(device: ListedDevice): string[] {
  const current = currentOf(device);
  if (current === undefined) {
    return [style("red", device.configurations.length === 0 ? "no configuration" : "malformed descriptors")];
  }
  const first = current.interfaces.filter(
    (each, index, all) => all.findIndex(({ number }) => number === each.number) === index,
  );
  const rows = first.map((each) => [String(each.number), each.name, userOf(each)]);
  return rows.length === 0 ? ["no interfaces"] : columns(rows, ["right", "left", "left"]).split("\n");
}

function currentOf({ activeConfiguration, configurations }: ListedDevice): ListedConfiguration | undefined {
  return (
    configurations.find((each) => each?.value === activeConfiguration) ??
    configurations.find((each) => each !== null) ??
    undefined
  );
}

function userOf({ user }: ListedInterface): string {
  if (user === null) return "";
  return style("dim", user === "usbfs" ? "in use by a program" : `kernel driver ${printable(user, 40)}`);
}

function driverLines({ drivers }: ListedDevice): string[] {
  return drivers.map(
    (each) =>
      `${style("green", "fits")}   ${printable(each.package, longestName)}${style("dim", `, ${list(each.interfaces)}`)}`,
  );
}

function boardLines({ board = [] }: ListedDevice): string[] {
  return board.flatMap((granted) => [
    `${style("cyan", "board")}  ${style("bold", granted.device)} ${grantedText(granted)}`,
    ...granted.refused.map((each) => `       ${style("red", printableMessage(`refused: ${each.reason}`))}`),
    ...(granted.problem === undefined ? [] : [`       ${style("red", printableMessage(granted.problem))}`]),
  ]);
}

function grantedText({ interfaces }: Granted): string {
  return interfaces.length === 0 ? "may use nothing of it" : `may use ${list(interfaces)}`;
}

function list(interfaces: readonly number[]): string {
  return `${interfaces.length === 1 ? "interface" : "interfaces"} ${interfaces.join(", ")}`;
}

/** All descriptors, in their order. */
function descriptorLines(device: ListedDevice): string[] {
  const codes = codesOf(device);
  return [
    `USB ${device.usbVersion}, version ${device.deviceVersion}, ${codes} ${device.name}, ` +
      `packets of ${device.maximumPacketBytes0} bytes at endpoint 0`,
    ...device.configurations.flatMap((each, index) =>
      each === null
        ? [style("red", `configuration number ${index} is malformed`)]
        : configurationLines(each, each.value === device.activeConfiguration),
    ),
  ];
}

function configurationLines(configuration: ListedConfiguration, isActive: boolean): string[] {
  const { value, selfPowered, remoteWakeup, maximumMilliamperes, interfaces } = configuration;
  const about = [
    `${selfPowered ? "self-powered" : "bus-powered"}, at most ${maximumMilliamperes} mA`,
    ...(remoteWakeup ? ["can wake the host"] : []),
    ...(isActive ? ["chosen"] : []),
  ].join(", ");
  return [
    `${style("bold", `configuration ${value}`)}  ${about}`,
    ...interfaces.flatMap((each) => settingLines(each).map((line) => `  ${line}`)),
  ];
}

function settingLines(setting: ListedInterface): string[] {
  const { number, alternateSetting, name, endpoints, descriptors } = setting;
  const alternate = alternateSetting === 0 ? "" : `, alternate setting ${alternateSetting}`;
  const title = `interface ${number}${alternate}  ${codesOf(setting)} ${name}`;
  const rows = endpoints.map(({ address, type, direction, maximumPacketBytes, intervalMs }) => [
    `  endpoint ${address}`,
    `${type} ${direction}`,
    `${maximumPacketBytes} bytes`,
    intervalMs === null ? "" : `every ${intervalMs} ms`,
  ]);
  return [
    `${title}  ${userOf(setting)}`.trimEnd(),
    ...descriptors.map(({ means }) => `  ${means}`),
    ...(rows.length === 0 ? [] : columns(rows, ["left", "left", "right", "left"]).split("\n")),
  ];
}

function codesOf(of: {
  readonly class: string;
  readonly subclass: string;
  readonly protocol: string;
}): string {
  return [of.class, of.subclass, of.protocol].map((code) => code.slice(2)).join("/");
}
