import * as v from "valibot";
import { addressesOf } from "../bus/i2c/addresses.ts";
import { shareInterfaces } from "../bus/usb/overlap.ts";
import { HostError } from "../error.ts";
import { cut } from "../text.ts";
import { longestShown, parseJson, refuseOddities } from "./json.ts";
import { type Board, boardSchema } from "./schema.ts";

/**
 * Checks a board file.
 *
 * @param json what `JSON.parse` made of the file, or an object written in a program
 * @param source how messages name it: the file's path
 * @throws HostError with code "board": one sentence naming the place in the file and what is expected there
 */
export function parseBoard(json: unknown, source = "the board"): Board {
  refuseOddities(json, source);
  const result = v.safeParse(boardSchema, json, { abortPipeEarly: true });
  if (!result.success) {
    throw new HostError("board", `${source}: ${describe(result.issues[0])}.`);
  }
  refuseSharedTargets(result.output, source);
  refuseVagueUsb(result.output, source);
  refuseSharedUsb(result.output, source);
  refuseUnknownDevices(result.output, source);
  refuseUndriven(result.output, source);
  return result.output;
}

/**
 * Parses and checks the text of a board file.
 *
 * @throws HostError with code "board": among others for keys that are there twice, naming both places
 */
export function parseBoardText(text: string, source: string): Board {
  return parseBoard(parseJson(text, source), source);
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  const place = path === null ? "it" : `"${cut(path, longestShown)}"`;
  if (issue.type === "strict_object" && issue.expected === "never") {
    return `${place} is no key of a board file here; remove it, or correct its spelling`;
  }
  if (issue.received === "undefined") {
    return `${place} is missing`;
  }
  return `${place} ${found(issue)}: ${issue.message}`;
}

/** What somebody wrote, no longer than that it is known again; of what is too long or too short, how long it is. */
function found(issue: v.BaseIssue<unknown>): string {
  const { type, input, received } = issue;
  if (type === "min_length" || type === "max_length" || type === "max_entries") {
    return `has ${received} ${typeof input === "string" ? "characters" : "entries"}`;
  }
  // The list is checked when its texts have become numbers.
  return `is ${shown(type === "check_items" ? writtenItem(issue) : input)}`;
}

function writtenItem({ path, input }: v.BaseIssue<unknown>): unknown {
  const [list, item] = path?.slice(-2) ?? [];
  return Array.isArray(list?.value) ? list.value[Number(item?.key)] : input;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return cut(typeof value === "string" ? `"${value}"` : String(value), longestShown);
}

/** Two drivers on one target would each overwrite what the other configured. */
function refuseSharedTargets(board: Board, source: string): void {
  const owners = new Map<string, string>();
  for (const [name, { i2c }] of Object.entries(board.devices)) {
    if (i2c === undefined) continue;
    for (const address of addressesOf(i2c)) {
      const target = `${i2c.bus} at 0x${address.toString(16)}`;
      const owner = owners.get(target);
      if (owner !== undefined) {
        throw new HostError(
          "board",
          `${source}: "devices.${owner}" and "devices.${name}" are both wired to bus ${target}; remove one of them.`,
        );
      }
      owners.set(target, name);
    }
  }
}

/**
 * Two drivers on one interface would each get half of what the device says. Seen here where both entries can only mean
 * one device: by its port or by its serial number. Otherwise the hub finds out when the device is plugged in.
 */
function refuseSharedUsb(board: Board, source: string): void {
  const entries = Object.entries(board.devices).flatMap(([name, { usb }]) =>
    usb === undefined ? [] : [{ name, usb }],
  );
  for (const [index, { name, usb }] of entries.entries()) {
    const other = entries.slice(0, index).find((each) => shareInterfaces(each.usb, usb));
    if (other === undefined) continue;
    throw new HostError(
      "board",
      `${source}: "devices.${other.name}" and "devices.${name}" are both wired to the same interfaces of one USB device; ` +
        "remove one of them, or give each its own interfaces.",
    );
  }
}

/** An app that waits for a device that nobody wired would only look broken. */
function refuseUnknownDevices(board: Board, source: string): void {
  for (const [name, { uses }] of Object.entries(board.apps)) {
    const unknown = uses.find((device) => !Object.hasOwn(board.devices, device));
    if (unknown !== undefined) {
      throw new HostError(
        "board",
        `${source}: "apps.${name}.uses" has "${unknown}", which "devices" does not have; add that device, or correct the name.`,
      );
    }
  }
}

/** A device without a driver is for an app that brings its own; otherwise the driver was forgotten. */
function refuseUndriven(board: Board, source: string): void {
  for (const [name, { driver, i2c, usb }] of Object.entries(board.devices)) {
    if (driver !== undefined) continue;
    const used = Object.values(board.apps).some(({ uses }) => uses.includes(name));
    if (used && (i2c !== undefined || usb !== undefined)) continue;
    const why = used
      ? 'without it the device needs an "i2c" or a "usb" part for the app that drives it'
      : `no app uses "${name}"`;
    throw new HostError("board", `${source}: "devices.${name}.driver" is missing, and ${why}.`);
  }
}

/** Deny by default: an entry that could mean any device, or any of its interfaces, means none. */
function refuseVagueUsb(board: Board, source: string): void {
  for (const [name, { usb }] of Object.entries(board.devices)) {
    if (usb === undefined) continue;
    const { vendorId, productId, class: deviceClass, serialNumber, port, interfaces } = usb;
    const refuse = (sentence: string): never => {
      throw new HostError("board", `${source}: "devices.${name}.usb" ${sentence}.`);
    };
    if ([vendorId, deviceClass, serialNumber, port].every((criterion) => criterion === undefined)) {
      refuse('could mean any device; add "vendorId", "class", "serialNumber" or "port"');
    }
    if (productId !== undefined && vendorId === undefined) {
      refuse('has a "productId", which means something only together with a "vendorId"; add that');
    }
    if (interfaces === undefined && deviceClass === undefined) {
      refuse('does not say what the driver may use; add "interfaces": [0], or the "class" of its interfaces');
    }
  }
}
