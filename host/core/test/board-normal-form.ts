import type { Board } from "../src/board/schema.ts";

/**
 * A checked board as host/verdicts/README.md says, so that two hosts' boards can be compared: one address as a number, and
 * `enforce` where it was not set.
 */
export function normalForm({ bridges, devices, simulate, apps }: Board): object {
  const form = { bridges: formsOf(bridges), devices: formsOf(devices), simulate, apps };
  // As JSON: it has no -0, and nothing that is undefined.
  return JSON.parse(JSON.stringify(form));
}

function formsOf(entries: Board["devices"]): object {
  const forms = Object.entries(entries).map(([name, entry]) => {
    const { i2c, enforce = true } = entry;
    const grant = i2c === undefined ? {} : { i2c: { ...i2c, address: oneOrAll(i2c.address) } };
    return [name, { ...entry, ...grant, enforce }];
  });
  return Object.fromEntries(forms);
}

function oneOrAll(address: number | readonly number[]): number | readonly number[] {
  return typeof address === "object" && address.length === 1 ? address[0]! : address;
}
