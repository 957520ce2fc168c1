import { expect, it } from "vitest";
import { unfinishedFiles } from "../src/unfinished.ts";

const files = ["/lab/a.ts", "/lab/b.ts", "/lab/c.ts"];
const report = (numFailedTests: number, ...testResults: { name: string; status: string }[]) =>
  JSON.stringify({ numFailedTests, testResults, numTotalTests: 9 });

it("is what has no result, where the process died", () => {
  expect(unfinishedFiles(undefined, files)).toEqual(files);
  const died = report(0, { name: "/lab/a.ts", status: "passed" }, { name: "/lab/b.ts", status: "failed" });
  expect(unfinishedFiles(died, files)).toEqual(["/lab/b.ts", "/lab/c.ts"]);
});

it("is nothing where a test failed, or everything passed", () => {
  const failed = report(1, { name: "/lab/a.ts", status: "failed" });
  expect(unfinishedFiles(failed, files)).toEqual([]);
  const passed = report(0, ...files.map((name) => ({ name, status: "passed" })));
  expect(unfinishedFiles(passed, files)).toEqual([]);
});
