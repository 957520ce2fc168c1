import type { CallableComponent } from "@busbar/host";
import { type DeviceModule, deviceModules } from "@busbar/host/module";
import type { Command } from "commander";
import { boardArgument, namedBoard } from "../board-argument.ts";
import { UsageError } from "../exit-codes.ts";
import { printable, printableJson } from "../output/printable.ts";
import { showWait } from "../output/waiting.ts";
import { openSession, type Session, type SessionOptions } from "../session.ts";
import { stopOnSignal } from "../stop.ts";
import {
  complainOption,
  jsonOption,
  lockOption,
  logFormatOption,
  type OutputOptions,
  outputOf,
} from "./options.ts";

/** `busbar call`. */
export function addCall(program: Command): void {
  program
    .command("call")
    .summary("call a function of a switch, a contact, or a component that takes its handles as parameters")
    .description(
      "Calls a function of a component of others, within its entry of the board, or of a switch or a contact, and prints the " +
        'result as JSON. Without a function, lists them. A switch is on for as long as "on" runs: until it is ended, or for so ' +
        "many milliseconds.",
    )
    .addArgument(boardArgument())
    .argument("[component]", 'its name in "devices"')
    .argument(
      "[function]",
      'such as "get-temperature", or "hts/get-temperature" where several interfaces have it',
    )
    .argument("[arguments...]", "JSON; or i2c, delay and address for what the board wires")
    .addOption(complainOption())
    .addOption(lockOption())
    .addOption(logFormatOption())
    .addOption(jsonOption())
    .action(
      async (
        _: unknown,
        __: unknown,
        ___: unknown,
        ____: unknown,
        options: OutputOptions & SessionOptions,
        { args }: Command,
      ) => {
        const { path, rest } = namedBoard(args);
        const [name, wanted, ...written] = rest;
        if (name === undefined) throw new UsageError('name the component, as in "devices" of the board.');
        const output = outputOf(options, false);
        const { json } = output;
        await using session = await openSession(path, output, options);
        using wait = showWait(output, () => `waiting for ${printable(name, 64)}`);
        using stop = stopOnSignal(() => undefined);
        await using called = await openCalled(session, name, stop.signal);
        const { functions } = called;
        wait[Symbol.dispose]();
        if (wanted === undefined) {
          const names = functions.map((each) => each.name);
          if (json) output.document({ functions: names });
          else output.block(names.map((each) => printable(each)).join("\n"));
          return;
        }
        const { call } = chooseFunction(functions, wanted);
        const result = asJson(await call(...written.map(called.argument))) ?? null;
        if (json) output.document({ result });
        else output.line(printable(printableJson(result), 100_000));
      },
    );
}

/** What a person writes for what the board wires. */
const handleWords = ["i2c", "delay", "address"] as const;

/** A function of the component. */
interface Callable {
  /** "thermometer/get-temperature"; without the interface for a function of the world. */
  readonly name: string;
  readonly call: (...parameters: unknown[]) => Promise<unknown>;
}

/** What is called: a component of others, or a device with functions for a person. */
interface Called extends AsyncDisposable {
  readonly functions: readonly Callable[];
  /** What a person wrote as a parameter. @throws UsageError */
  argument(written: string): unknown;
}

async function openCalled({ board, clock }: Session, name: string, signal: AbortSignal): Promise<Called> {
  const kind = board.devices.find((device) => device.name === name)?.kind;
  const module: DeviceModule | undefined = deviceModules.find((each) => each.kind === kind);
  if (module?.commands === undefined) {
    const component = await board.component(name);
    return {
      functions: functionsOf(component),
      argument: (written) => argument(component, written),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const device = await board.device(name, module);
  const commands = Object.entries(module.commands(device, { clock, signal }));
  return {
    functions: commands.map(([command, call]) => ({ name: command, call })),
    argument: (written) => argument({}, written),
    [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
  };
}

function functionsOf(component: CallableComponent): readonly Callable[] {
  const exports = component.exports as Record<string, Callable["call"] | Record<string, Callable["call"]>>;
  const functions = Object.entries(exports).flatMap(([key, value]) => {
    if (typeof value === "function") return [{ name: kebab(key), call: value }];
    // An interface is there in short and by its whole name; one that the world declares itself only in short.
    const whole = Object.keys(exports).find((other) => other.includes("/") && exports[other] === value);
    if (whole !== undefined && whole !== key) return [];
    const short = key.replace(/^.*\/|@.*$/g, "");
    return Object.entries(value).map(([name, call]) => ({ name: `${kebab(short)}/${kebab(name)}`, call }));
  });
  return functions.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function chooseFunction(functions: readonly Callable[], wanted: string): Callable {
  const found = functions.filter(({ name }) => name === wanted || name.endsWith(`/${wanted}`));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const names =
    (found.length > 1 ? found : functions).map(({ name }) => printable(name)).join(", ") || "none";
  throw new UsageError(
    `${printable(JSON.stringify(wanted))} is ${found.length > 1 ? "more than one function" : "no function of it"}; choose from: ${names}.`,
  );
}

/** @param handles what the board wires, by the words for it */
function argument(handles: object, written: string): unknown {
  const words = handleWords.filter((word) => word in handles);
  const word = words.find((each) => each === written);
  if (word !== undefined) return (handles as Partial<CallableComponent>)[word];
  try {
    return JSON.parse(written);
  } catch (cause) {
    const orWord = words.length === 0 ? "" : ", or i2c, delay or address";
    throw new UsageError(
      `the argument ${printable(written)} is no JSON; write a text as '"text"'${orWord}.`,
      {
        cause,
      },
    );
  }
}

/** Names of JavaScript back to those of WIT. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A value of a component, without what JSON has not. */
function asJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, asJson);
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asJson(each)]));
}
