/** The table of host/conformance leaves out nothing of the two public interfaces. */

import { expect, test } from "vitest";
import { expectedTable } from "../../../packages/conformance/test/tables.ts";
import { allErrors, allFunctions, type Package } from "./public-interfaces.ts";

const table = expectedTable();
const sorted = (items: Iterable<string>) => [...new Set(items)].sort();
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
  ["component:usb/", "no-mem"],
])("every error of %s comes back", (of, one) => {
  const returned = table.filter(({ call, answer }) => call.startsWith(of) && answer.startsWith("error "));
  expect(allErrors(of)).toContain(one);
  expect(sorted(returned.map(({ answer }) => answer.slice("error ".length)))).toEqual(allErrors(of));
});

test("no two rows have one name", () => {
  const names = table.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
