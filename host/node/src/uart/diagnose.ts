import { uartPortNameOf } from "@busbar/host/backend";
import type { Finding } from "../linux/diagnose.ts";
import { capitalized, RemediedError, type Remedy } from "../linux/remedies.ts";
import { isSerialPort, uartPath, uartPorts } from "./ports.ts";
import { noUartPermission } from "./remedies.ts";
import { thisUartMachine, type UartSystem } from "./system.ts";

/**
 * Looks at the serial ports of Linux, and at the permissions of their files. None is opened; changes nothing.
 *
 * @returns nothing where there is no port at all, which most machines are well without
 */
export function diagnoseLinuxUart(system: UartSystem = thisUartMachine): readonly Finding[] {
  const ports = uartPorts(system);
  if (ports.length === 0) return [];
  const what = `The kernel knows the serial ports ${ports.join(", ")}.`;
  return [{ id: "uart", ok: true, what }, ...ports.map((port) => diagnoseFile(uartPath(port), system))];
}

/**
 * Whether the port is there to which an entry of a board is wired. It is not opened: that would raise its signals, which starts some
 * boards anew.
 *
 * @param port as in the board file
 * @param id of the finding
 */
export function diagnoseUartPort(port: string, id: string, system: UartSystem = thisUartMachine): Finding {
  if (system.platform !== "linux") {
    const what = `This is ${system.platform}; serial ports are reached from Linux only.`;
    return { id, ok: false, what, fix: "run on Linux, or simulate the port in the board file" };
  }
  const path = uartPath(port);
  if (system.files.status(path) === undefined) {
    const known = uartPorts(system).join(", ");
    const there = known === "" ? "it has none" : `it has ${known}`;
    const what = `This machine has no serial port ${JSON.stringify(uartPortNameOf(port))} now; ${there}.`;
    return { id, ok: false, what, fix: "plug its adapter in, or correct the entry" };
  }
  const number = system.deviceNumber(path);
  if (number === undefined || !isSerialPort(number, system)) {
    return { id, ok: false, what: `${path} is no serial port.`, fix: 'correct "port" of the entry' };
  }
  const found = { ...diagnoseFile(path, system), id };
  return found.ok ? (nativeProblem(id, system) ?? found) : found;
}

function diagnoseFile(path: string, { files }: UartSystem): Finding {
  if (!files.usable(path)) return bad(path, noUartPermission(path, files));
  return { id: path, ok: true, what: `This user may use ${path}.` };
}

/** What keeps the system calls from being made; undefined where nothing does. */
function nativeProblem(id: string, system: UartSystem): Finding | undefined {
  try {
    system.uartDev();
    return undefined;
  } catch (error) {
    if (error instanceof RemediedError) return bad(id, error.remedy);
    throw error;
  }
}

function bad(id: string, { what, fix }: Remedy): Finding {
  return { id, ok: false, what: `${capitalized(what)}.`, fix };
}
