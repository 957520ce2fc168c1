import * as v from "valibot";

/** What of vitest's JSON report is read. */
const reportSchema = v.object({
  numFailedTests: v.number(),
  testResults: v.array(v.object({ name: v.string(), status: v.string() })),
});

/**
 * The test files that a run did not finish although no test failed: its process died. V8 does that now and then where the
 * processor is emulated, never on the machine itself.
 *
 * @param report vitest's JSON report; undefined where it wrote none
 * @param files all test files, as absolute paths
 * @returns none where a test failed, which is a result
 */
export function unfinishedFiles(report: string | undefined, files: readonly string[]): readonly string[] {
  if (report === undefined) return files;
  const { numFailedTests, testResults } = v.parse(reportSchema, JSON.parse(report));
  if (numFailedTests > 0) return [];
  const finished = new Set(testResults.filter(({ status }) => status === "passed").map(({ name }) => name));
  return files.filter((file) => !finished.has(file));
}
