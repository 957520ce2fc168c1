/** The table of host/conformance leaves out nothing of the public interfaces. */

import { expect, test } from "vitest";
import { expectedTable } from "../../../packages/conformance/test/tables.ts";
import { allErrors, allFunctions, type Package } from "./public-interfaces.ts";

const table = expectedTable();
const sorted = (items: Iterable<string>) => [...new Set(items)].sort();
/** Not of wasi:spi's `write`, whose error has no reason by the standard's text. */
const isReason = (error: string) => error !== "none";
const functionOf = ({ call }: { readonly call: string }) => call.slice(0, call.indexOf("("));

test("every function is called, and once so that it succeeds", () => {
  expect(allFunctions()).toContain("wasi:i2c/i2c [method]i2c.transaction");
  expect(sorted(table.map(functionOf))).toEqual(allFunctions());
  expect(sorted(table.filter(({ answer }) => answer.startsWith("ok")).map(functionOf))).toEqual(
    allFunctions(),
  );
});

test.each<[Package, string]>([
  ["wasi:i2c/", "no-acknowledge(address)"],
  ["wasi:spi/", "chip-select-fault"],
  ["component:usb/", "no-mem"],
])("every error of %s comes back", (of, one) => {
  const returned = table.filter(({ call, answer }) => call.startsWith(of) && answer.startsWith("error "));
  expect(allErrors(of)).toContain(one);
  const errors = returned.map(({ answer }) => answer.slice("error ".length)).filter(isReason);
  // A text is no case: what is told with it is each row's own.
  expect(sorted(errors.map((error) => error.replace(/^other\(.*\)$/, "other")))).toEqual(allErrors(of));
});

test("no two rows have one name", () => {
  const names = table.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
