import { dirname, resolve } from "node:path";
import {
  type Board,
  bridgesBefore,
  busesOf,
  type ComponentInterface,
  type DeviceEntry,
  entriesOf,
  HostError,
  type HostErrorCode,
  type PlacedEntry,
  readComponent,
  type UsbGrant,
} from "@busbar/host";
import {
  describeDevice,
  factsOf,
  type I2cBackend,
  type SpiBackend,
  type UartBackend,
  type UsbBackend,
} from "@busbar/host/backend";
import { grantedInterfaces, link, matchesUsb } from "@busbar/host/grants";
import {
  type Bundle,
  diagnoseLinuxI2c,
  diagnoseLinuxSpi,
  diagnoseLinuxUart,
  diagnoseSpiDevice,
  diagnoseUsb as diagnoseThisUsb,
  diagnoseUartPort,
  diagnoseUsbGrant,
  diagnoseUsbSystem,
  explainMissingI2cBus,
  type Finding,
  isInRegistry,
  linuxI2c,
  loadComponent,
  loadModels,
  neededNode,
  nodeClock,
  nodeProblem,
  readBoard,
} from "@busbar/host-node";
import { usedCache } from "@busbar/host-node/cache";
import { boardComponents } from "./registry.ts";
import { boardAt } from "./session.ts";

/** A finding, and the name of the exit code that it leads to when it is not well. */
export interface Diagnosis extends Finding {
  readonly code: HostErrorCode;
}

/** What every command that runs drivers needs of this machine, whatever the board. */
export function diagnoseNode(): Diagnosis[] {
  const version = `This is Node ${process.version}`;
  const node: Diagnosis =
    nodeProblem() === undefined
      ? { id: "node", ok: true, what: `${version}, which can suspend WebAssembly.`, code: "backend" }
      : {
          ...{ id: "node", ok: false, what: `${version}, which cannot suspend WebAssembly (JSPI).` },
          ...{ fix: `install Node ${neededNode} or newer: https://nodejs.org`, code: "backend" as const },
        };
  return [node];
}

/** Where the cache is; a bundle needs none. */
export function diagnoseCache(): Diagnosis {
  const { folder, temporary, problem } = usedCache("prepared");
  const base = { id: "cache", code: "backend" } as const;
  // A user without a home is as well off with the temporary one; a folder that is not the user's alone is a fault.
  const isHomeless =
    problem !== undefined && /^there is no home folder$|cannot be (?:made|used) \(/.test(problem);
  if (folder === undefined || (problem !== undefined && !isHomeless)) {
    const fix = "export XDG_CACHE_HOME=<a folder that only you can write>";
    return { ...base, ok: false, what: `The cache is not used: ${problem}.`, fix };
  }
  const what = temporary
    ? `The cache is in ${folder} until this machine is restarted, because ${problem}.`
    : `The cache folder ${dirname(folder)} can be written.`;
  return { ...base, ok: true, what };
}

/** What I2C hardware needs of this machine. */
export function diagnoseI2c(): Diagnosis[] {
  return diagnoseLinuxI2c().map((finding) => ({ ...finding, code: "backend" }));
}

/** What SPI hardware needs of this machine; nothing where it has none. */
export function diagnoseSpi(): Diagnosis[] {
  return diagnoseLinuxSpi().map((finding) => ({ ...finding, code: "backend" }));
}

/** What serial ports need of this machine; nothing where it has none. */
export function diagnoseUart(): Diagnosis[] {
  return diagnoseLinuxUart().map((finding) => ({ ...finding, code: "backend" }));
}

/** What USB hardware needs of this machine. */
export function diagnoseUsb(): Diagnosis[] {
  return diagnoseThisUsb().map((finding) => ({ ...finding, code: "backend" }));
}

/**
 * What a board needs: its file, and for each device the driver, the grants and the bus or the USB device. Looks at every device, where
 * opening the board would stop at the first that is wrong. No driver runs, and there is no bus traffic.
 *
 * @param path a board file, or the folder of a bundle
 * @param lock that the bundle must have
 */
export async function diagnoseBoard(path: string, lock?: string): Promise<Diagnosis[]> {
  let source: string | Bundle;
  let board: Board;
  let simulated: Simulator[];
  try {
    source = boardAt(path, { lock });
    board = typeof source === "string" ? readBoard(source) : source.board;
    simulated = await simulatedBackend(board, source);
  } catch (error) {
    return [bad("board", error)];
  }
  const names = Object.keys(board.devices);
  const list = names.length === 0 ? "no device" : names.join(", ");
  const findings: Diagnosis[] = [{ id: "board", ok: true, what: `${path} has ${list}.`, code: "board" }];
  const entries = entriesOf(board);
  const usesHardware = entries.some(
    ({ entry }) =>
      entry.i2c !== undefined &&
      bridgesBefore(board, "i2c", entry).length === 0 &&
      !board.simulate.some((each) => each.i2c === entry.i2c?.bus),
  );
  if (usesHardware) findings.push(...diagnoseI2c());
  const inSimulator = await simulatedDevices(board, simulated);
  if (entries.some(({ entry: { usb } }) => usb !== undefined && !inSimulator.has(usb))) {
    findings.push(...diagnoseUsbSystem().map((finding) => ({ ...finding, code: "backend" as const })));
  }
  for (const placed of entries) {
    findings.push(...(await diagnoseDriver(placed, source)));
    findings.push(...diagnoseBus(placed, board, [...simulated, linuxI2c()]));
    findings.push(...diagnoseSpiEntry(placed, board, simulated));
    findings.push(...(await diagnoseUartEntry(placed, simulated)));
    findings.push(...diagnoseUsbDevice(placed, inSimulator));
  }
  return findings;
}

/** What the simulator has of a board. */
type Simulator = I2cBackend & SpiBackend & UartBackend & UsbBackend;

async function simulatedBackend(board: Board, source: string | Bundle): Promise<Simulator[]> {
  if (board.simulate.length === 0) return [];
  const { simulate } = await import("@busbar/sim");
  // What a bundle runs is in it.
  const modules =
    typeof source === "string"
      ? await loadModels(board, dirname(resolve(source)))
      : await loadModels(board, source.folder, source.folder);
  return [simulate(board.simulate, nodeClock, modules)];
}

async function diagnoseDriver(
  { place, name, entry }: PlacedEntry<DeviceEntry>,
  source: string | Bundle,
): Promise<Diagnosis[]> {
  const { driver } = entry;
  // An app brings its own.
  if (driver === undefined) return [];
  const id = `${place}.${name}.driver`;
  try {
    const found = await interfaceOf(driver, busesOf(entry), source);
    const { kind } = link(name, entry, driver, found, { place });
    const does = place === "bridges" ? "exports buses" : `drives a ${kind}`;
    const what = `${name}: ${driver} ${does}, and all that it imports is granted.`;
    return [{ id, ok: true, what, code: "component" }];
  } catch (error) {
    return [bad(id, error)];
  }
}

/** What a driver imports and exports. One in a registry must have been pulled: nothing here goes over a network. */
async function interfaceOf(
  driver: string,
  wired: readonly string[],
  source: string | Bundle,
): Promise<ComponentInterface> {
  if (typeof source !== "string") return (await source.component(driver)).interface;
  const path = source;
  if (!isInRegistry(driver)) return (await loadComponent(driver, dirname(resolve(path)), wired)).interface;
  const { findBoardComponent } = await import("@busbar/registry");
  const { bytes } = await findBoardComponent(driver, await boardComponents(path));
  return readComponent(bytes, driver);
}

function diagnoseBus(
  { place, name, entry }: PlacedEntry<DeviceEntry>,
  board: Board,
  backends: readonly I2cBackend[],
): Diagnosis[] {
  const { i2c } = entry;
  if (i2c === undefined) return [];
  const id = `${place}.${name}.i2c`;
  const [bridge] = bridgesBefore(board, "i2c", entry);
  if (bridge !== undefined) {
    const what = `${name}: bus ${JSON.stringify(i2c.bus)} is behind the bridge "${bridge}".`;
    return [{ id, ok: true, what, code: "backend" }];
  }
  try {
    for (const backend of backends) {
      const bus = backend.openI2c(i2c.bus);
      if (bus === undefined) continue;
      bus.close();
      const what = `${name}: bus ${JSON.stringify(i2c.bus)} can be used (${backend.name}).`;
      return [{ id, ok: true, what, code: "backend" }];
    }
    return [{ id, ok: false, what: `${name}: ${explainMissingI2cBus(i2c.bus)}`, code: "backend" }];
  } catch (error) {
    return [bad(id, error)];
  }
}

/** The device itself is not opened: that would set its mode. */
function diagnoseSpiEntry(
  { place, name, entry }: PlacedEntry<DeviceEntry>,
  board: Board,
  simulated: readonly SpiBackend[],
): Diagnosis[] {
  const { spi } = entry;
  if (spi === undefined) return [];
  const id = `${place}.${name}.spi`;
  const [bridge] = bridgesBefore(board, "spi", entry);
  if (bridge !== undefined) {
    const what = `${name}: SPI bus ${JSON.stringify(spi.bus)} is behind the bridge "${bridge}".`;
    return [{ id, ok: true, what, code: "backend" }];
  }
  try {
    for (const simulator of simulated) {
      const device = simulator.openSpi(spi.bus, { device: name, ...spi });
      if (device === undefined) continue;
      device.close();
      const what = `${name}: chip select ${spi.chipSelect} of SPI bus ${JSON.stringify(spi.bus)} can be used (simulator).`;
      return [{ id, ok: true, what, code: "backend" }];
    }
  } catch (error) {
    return [bad(id, error)];
  }
  const finding = diagnoseSpiDevice(spi.bus, spi.chipSelect, id);
  return [{ ...finding, what: `${name}: ${finding.what}`, code: "backend" }];
}

/** The port itself is not opened: that would raise its signals. */
async function diagnoseUartEntry(
  { place, name, entry: { uart } }: PlacedEntry<DeviceEntry>,
  simulated: readonly UartBackend[],
): Promise<Diagnosis[]> {
  if (uart === undefined) return [];
  const id = `${place}.${name}.uart`;
  for (const simulator of simulated) {
    if (!(await simulator.hasUart(uart.port))) continue;
    const what = `${name}: the serial port ${JSON.stringify(uart.port)} can be used (simulator).`;
    return [{ id, ok: true, what, code: "backend" }];
  }
  const finding = diagnoseUartPort(uart.port, id);
  return [{ ...finding, what: `${name}: ${finding.what}`, code: "backend" }];
}

/** The devices that the simulator has for the board's entries, in words. */
async function simulatedDevices(
  board: Board,
  simulated: readonly UsbBackend[],
): Promise<ReadonlyMap<UsbGrant, string>> {
  const found = new Map<UsbGrant, string>();
  for (const device of (await Promise.all(simulated.map((each) => each.devices()))).flat()) {
    const facts = factsOf(device);
    for (const { usb } of entriesOf(board).map(({ entry }) => entry)) {
      if (usb !== undefined && matchesUsb(usb, facts) && grantedInterfaces(usb, facts).length > 0) {
        found.set(usb, describeDevice(device));
      }
    }
  }
  return found;
}

function diagnoseUsbDevice(
  { place, name, entry: { usb } }: PlacedEntry<DeviceEntry>,
  inSimulator: ReadonlyMap<UsbGrant, string>,
): Diagnosis[] {
  if (usb === undefined) return [];
  const id = `${place}.${name}.usb`;
  const device = inSimulator.get(usb);
  if (device !== undefined) {
    return [{ id, ok: true, what: `${name}: ${device} is plugged in (simulator).`, code: "backend" }];
  }
  return diagnoseUsbGrant(usb, id).map((finding) => ({
    ...finding,
    what: `${name}: ${finding.what}`,
    code: "backend",
  }));
}

/** What cannot be opened; what is no HostError is a bug, and goes on. */
function bad(id: string, error: unknown): Diagnosis {
  if (!(error instanceof HostError)) throw error;
  return { id, ok: false, what: error.message, code: error.code };
}
