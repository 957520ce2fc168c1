/**
 * Names of the component model and what they are called in JavaScript (Component Model, Explainer.md, "Import and
 * Export Definitions"). Only what passed here becomes a property's name; nothing of a component becomes code.
 */

import { printable } from "../text.ts";
import { LinkError } from "./reader.ts";

/** The longest name that is taken, in characters. */
export const maximumNameLength = 256;

/**
 * `label`: kebab-case words, each all lower or all upper case. It has no "_", so it is never "__proto__". No text can be
 * taken apart in two ways: one that is no label would be tried in all of them, which are 2 to the number of its words.
 */
const word = "(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[0-9]*[a-z][a-z0-9]*|[0-9]*[A-Z][A-Z0-9]*|[0-9]+))*";
const label = new RegExp(`^${word}$`);
/** `plainname`: "run", "[method]device.read". */
const plainName = new RegExp(
  `^(?:\\[constructor\\]${word}|\\[(?:method|static)\\]${word}\\.${word}|${word})$`,
);
/** `interfacename`: "wasi:i2c/i2c@0.2.0-draft". */
const interfaceName = new RegExp(`^${word}(?::${word})+(?:/${word})+(?:@[0-9A-Za-z.+-]+)?$`);

/** @throws LinkError where `text` is no label */
export function requireLabel(text: string): string {
  if (text.length > maximumNameLength || !label.test(text)) throw new LinkError(`${quote(text)} is no label`);
  return text;
}

/** @throws LinkError where `text` is no name of an import or export that this linker knows */
export function requireExternName(text: string): string {
  if (text.length > maximumNameLength || !(plainName.test(text) || interfaceName.test(text))) {
    throw new LinkError(`${quote(text)} is no name of an import or export`);
  }
  return text;
}

/** "no-acknowledge-source" as a property: "noAcknowledgeSource". */
export function camelCase(name: string): string {
  return name.toLowerCase().replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** "usb-device" as a class: "UsbDevice". */
export function pascalCase(name: string): string {
  return camelCase(name).replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

/** The last part of an interface's name as a property: "busbar:device/text-display@0.1.0" is "textDisplay". */
export function shortName(name: string): string | undefined {
  const last = /\/([A-Za-z0-9-]+)(?:@.*)?$/.exec(name)?.[1];
  return last === undefined ? undefined : camelCase(last);
}

/** A function of a resource: "[method]device.read". */
export interface ResourceFunction {
  readonly kind: "method" | "static" | "constructor";
  /** The resource's name: "device". */
  readonly resource: string;
  /** The function's own name; empty for a constructor. */
  readonly name: string;
}

/** Takes the name of a resource's function apart; undefined for a function by itself. */
export function resourceFunction(name: string): ResourceFunction | undefined {
  const parts = /^\[(method|static|constructor)\]([^.]+)(?:\.(.+))?$/.exec(name);
  if (parts === null) return undefined;
  return { kind: parts[1] as ResourceFunction["kind"], resource: parts[2]!, name: parts[3] ?? "" };
}

/** A name of a component in a message: never longer than a line, never raw. */
export function quote(text: string): string {
  return `"${printable(text, 100)}"`;
}
