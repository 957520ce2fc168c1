/** `soak [OPERATIONS] [PART OF A NAME]`: a table of what came of it; fails where something must not happen. */

import Table from "cli-table3";
import { soak } from "./soak.ts";
import { subjects } from "./subjects.ts";

const [operations = "10000", part = ""] = process.argv.slice(2);
const table = new Table({
  head: ["driver", "operations", "faults", "errors", "slowest, ms", "recovery, ms", "wrong"],
  style: { head: [] },
});
const complaints: string[] = [];
for (const subject of subjects.filter(({ name }) => name.includes(part))) {
  const outcome = await soak(subject, Number(operations), 1);
  const errors = [...outcome.errors].map(([code, count]) => `${code} ${count}`).join(", ");
  table.push([
    subject.name,
    outcome.operations,
    outcome.strikes,
    errors,
    Math.round(outcome.slowestMs),
    Math.round(outcome.slowestRecoveryMs),
    outcome.complaints.length,
  ]);
  complaints.push(...outcome.complaints.map((each) => `${subject.name}: ${each}`));
}
console.log(table.toString());
for (const each of complaints) console.log(each);
process.exit(complaints.length === 0 ? 0 : 1);
