import * as v from "valibot";
import { refuseBridges } from "../bridge/refuse.ts";
import { type BusModules, grantOf, wiredBuses } from "../bus/module.ts";
import { HostError } from "../error.ts";
import { builtIn } from "../modules.ts";
import { cut } from "../text.ts";
import { entriesOf } from "./entries.ts";
import { longestShown, parseJson, refuseOddities } from "./json.ts";
import { type AnyBoard, type Board, boardSchema, boardSchemaOf } from "./schema.ts";

/**
 * Checks a board file.
 *
 * @param json what `JSON.parse` made of the file, or an object written in a program
 * @param source how messages name it: the file's path
 * @param modules the buses that its entries can be wired to
 * @throws HostError with code "board": one sentence naming the place in the file and what is expected there
 */
export function parseBoard(json: unknown, source?: string): Board;
export function parseBoard<Modules extends BusModules>(
  json: unknown,
  source: string | undefined,
  modules: Modules,
): Board<Modules>;
export function parseBoard(json: unknown, source = "the board", modules: BusModules = builtIn): AnyBoard {
  refuseOddities(json, source);
  const schema: v.GenericSchema<unknown, AnyBoard> =
    modules === builtIn ? boardSchema : boardSchemaOf(modules);
  const result = v.safeParse(schema, json, { abortPipeEarly: true });
  if (!result.success) {
    throw new HostError("board", `${source}: ${describe(result.issues[0])}.`);
  }
  const wrong = refuseBridges(result.output, modules);
  if (wrong !== undefined) throw new HostError("board", `${source}: ${wrong}.`);
  refuseByBus(result.output, modules, source);
  refuseUnknownDevices(result.output, source);
  refuseUndriven(result.output, modules, source);
  return result.output;
}

/**
 * Parses and checks the text of a board file.
 *
 * @throws HostError with code "board": among others for keys that are there twice, naming both places
 */
export function parseBoardText(text: string, source: string): Board;
export function parseBoardText<Modules extends BusModules>(
  text: string,
  source: string,
  modules: Modules,
): Board<Modules>;
export function parseBoardText(text: string, source: string, modules: BusModules = builtIn): AnyBoard {
  return parseBoard(parseJson(text, source), source, modules);
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

/** What the buses find wrong: entries that say too little, or that contradict each other. */
function refuseByBus(board: AnyBoard, modules: BusModules, source: string): void {
  for (const module of modules) {
    const wired = entriesOf(board).flatMap(({ place, name, entry }) => {
      const grant = grantOf(module, entry);
      return grant === undefined
        ? []
        : [{ name, place: `${place}.${name}`, isBridge: place === "bridges", grant }];
    });
    const wrong = module.refuse(wired);
    if (wrong !== undefined) throw new HostError("board", `${source}: ${wrong}.`);
  }
}

/** An app that waits for a device that nobody wired would only look broken. */
function refuseUnknownDevices(board: AnyBoard, source: string): void {
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
function refuseUndriven(board: AnyBoard, modules: BusModules, source: string): void {
  for (const [name, entry] of Object.entries(board.devices)) {
    if (entry.driver !== undefined) continue;
    const used = Object.values(board.apps).some(({ uses }) => uses.includes(name));
    if (used && wiredBuses(modules, entry).length > 0) continue;
    const parts = modules.map(({ aKey }) => aKey).join(" or ");
    const why = used
      ? `without it the device needs ${parts} part for the app that drives it`
      : `no app uses "${name}"`;
    throw new HostError("board", `${source}: "devices.${name}.driver" is missing, and ${why}.`);
  }
}
