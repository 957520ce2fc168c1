import { printableJson } from "./printable.ts";

/** Entries without the outer braces, as they go into a board file's "devices": a member of an entry a line. */
export function boardEntries(devices: object): string {
  return Object.entries(devices)
    .map(([name, entry]: [string, object]) => {
      const members = Object.entries(entry).map(([key, value]) => `    ${member(key, value)}`);
      return `  ${printableJson(name)}: {\n${members.join(",\n")}\n  }`;
    })
    .join(",\n");
}

function member(key: string, value: unknown): string {
  return `${printableJson(key)}: ${onOneLine(value)}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return printableJson(value);
  return `{ ${Object.entries(value)
    .map(([key, each]) => member(key, each))
    .join(", ")} }`;
}
