/** The app: one request after the other, each answered. It knows the form that all device interfaces have, and no more. */

import { deviceFault } from "@busbar/guest";
import { type Answer, type DeviceInterface, type Request, readRequest, writeAnswer } from "./message.ts";
import { signed, unsigned } from "./unsigned.ts";

/** A resource `device`, whose functions are called by name. */
export type Device = Readonly<Record<string, (...parameters: readonly unknown[]) => unknown>>;

/** What the app needs of the world around it. */
export interface Surroundings {
  /** What it imports. */
  readonly interfaces: Readonly<Record<DeviceInterface, { open(name: string): unknown }>>;
  /** What it reads, in pieces that end anywhere. */
  readonly input: Iterable<Uint8Array>;
  print(line: string): void;
}

/**
 * Answers every request of the input, in order, until that ends; what a device refuses is an answer, too.
 *
 * @throws Error for a request that is none: whoever writes them has to mend that
 */
export function deviceCalls({ interfaces, input, print }: Surroundings): void {
  const opened = new Map<string, { readonly kind: DeviceInterface; readonly device: Device }>();

  function answer(request: Request): unknown {
    const { device: name } = request;
    if ("open" in request) {
      const { open } = interfaces[request.open];
      opened.set(name, { kind: request.open, device: open(name) as Device });
      return undefined;
    }
    const found = opened.get(name);
    if (found === undefined) throw new Error(`${name} is not open.`);
    const { kind, device } = found;
    if (request.call === "close") opened.delete(name);
    if (kind !== "hid") return device[request.call]!(...request.with);
    return unsigned(device[request.call]!(...request.with.map(signed)));
  }

  for (const line of linesOf(input)) print(writeAnswer(attempt(() => answer(readRequest(line)))));
}

function attempt(call: () => unknown): Answer {
  try {
    return { result: call() ?? null };
  } catch (thrown) {
    return { error: deviceFault(thrown).payload };
  }
}

function* linesOf(input: Iterable<Uint8Array>): Generator<string, void, void> {
  let begun = "";
  for (const piece of input) {
    const lines = (begun + textOf(piece)).split("\n");
    begun = lines.pop()!;
    yield* lines;
  }
}

/** QuickJS takes no more than 65535 parameters. */
const LONGEST_CALL = 4096;

/** Requests are ASCII: a character is a byte. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += LONGEST_CALL) {
    text += String.fromCharCode(...bytes.subarray(start, start + LONGEST_CALL));
  }
  return text;
}
