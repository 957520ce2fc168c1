import { expect, test } from "vitest";
import { Documentation } from "../src/documentation.ts";
import { packages, surfaceOf } from "../src/surfaces.ts";

test.each(packages)("every name that %s exports has a doc comment", async (folder) => {
  const documentation = await Documentation.of(surfaceOf(folder));
  expect(documentation.undocumented).toEqual([]);
});
