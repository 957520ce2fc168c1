/**
 * Which imported functions suspend the guest (JSPI). Only what really waits is on the list: a call that suspends costs
 * several times what a plain call costs, and an I2C transaction is a plain call.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sharedWitFolder, witFiles, withoutComments } from "./wit.ts";

/** Interfaces of others, without versions, and their functions that wait. */
const waiting: Readonly<Record<string, readonly string[]>> = {
  "wasi:i2c/delay": ["[method]delay.delay-ns"],
  "busbar:board/time": ["wait-ms"],
  "component:usb/transfers": ["await-transfer"],
  "component:usb/device": [
    "[method]device-handle.set-configuration",
    "[method]device-handle.release-interface",
    "[method]device-handle.set-interface-altsetting",
    "[method]device-handle.clear-halt",
    "[method]device-handle.reset-device",
    "[method]device-handle.close",
  ],
  // For apps: a clock or a stream that is waited for.
  "wasi:io/poll": ["poll", "[method]pollable.block"],
  "wasi:io/streams": [
    "[method]input-stream.blocking-read",
    "[method]input-stream.blocking-skip",
    "[method]output-stream.blocking-flush",
    "[method]output-stream.blocking-write-and-flush",
    "[method]output-stream.blocking-write-zeroes-and-flush",
    "[method]output-stream.blocking-splice",
  ],
};

/**
 * The functions that suspend, as jco's `asyncImports`: "wasi:i2c/delay#[method]delay.delay-ns" and the same with the
 * version. All functions of busbar:device are among them: behind each is a driver, in this thread or elsewhere.
 *
 * @param imports what the component imports, with versions
 */
export async function suspendingImports(imports: readonly string[]): Promise<string[]> {
  const devices = await deviceFunctions();
  return imports.flatMap((name) => {
    const plain = name.replace(/@.*$/, "");
    const functions = waiting[plain] ?? devices.get(plain) ?? [];
    const keys = plain === name ? [name] : [name, plain];
    return keys.flatMap((key) => functions.map((each) => `${key}#${each}`));
  });
}

/** The functions of every interface of busbar:device, read off @busbar/wit: a new interface needs no line here. */
async function deviceFunctions(): Promise<Map<string, string[]>> {
  const folder = join(sharedWitFolder, "device");
  const functions = new Map<string, string[]>();
  for (const file of await witFiles(folder)) {
    const text = withoutComments(await readFile(join(folder, file), "utf8"));
    for (const [name, list] of interfaceFunctions(text)) functions.set(`busbar:device/${name}`, list);
  }
  return functions;
}

/**
 * The functions that the interfaces of a WIT file declare, by interface, as the canonical ABI names them: "open",
 * "[method]device.read". Constructors and static functions are left out.
 *
 * @param text WIT without comments
 */
export function interfaceFunctions(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const words = text.matchAll(
    /[{}]|(interface|resource|world)\s+%?([\w-]+)\s*\{|%?([\w-]+)\s*:\s*(?:async\s+)?func\b/g,
  );
  const open: { readonly keyword: string; readonly name: string }[] = [];
  for (const [token, keyword, name, func] of words) {
    if (token === "}") open.pop();
    else if (token === "{") open.push({ keyword: "", name: "" });
    else if (keyword !== undefined && name !== undefined) open.push({ keyword, name });
    else if (func !== undefined && open[0]?.keyword === "interface") {
      const list = found.get(open[0].name) ?? [];
      found.set(open[0].name, list);
      list.push(open[1]?.keyword === "resource" ? `[method]${open[1].name}.${func}` : func);
    }
  }
  return found;
}
