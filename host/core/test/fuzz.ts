/**
 * The long runs; see tools/fuzz for their environment.
 *
 *     pnpm --filter @busbar/host fuzz                       descriptors of USB devices
 *     pnpm --filter @busbar/host fuzz binaries 1000000      damaged components
 *     pnpm --filter @busbar/host fuzz types 10000 4         random types, each fourth with jco as the judge
 *     pnpm --filter @busbar/host fuzz boards 100000         boards, with the native host as the judge (needs cargo)
 */

import { longRun } from "@busbar/fuzz";
import { compareBoards } from "./compare-boards.ts";
import { exercise, randomDescriptors } from "./fuzz-inputs.ts";
import { damage, loadAndCompile } from "./linker/binaries.ts";
import { tryTypes } from "./linker/random-types.ts";
import { sampleComponents } from "./linker/samples.ts";

/** A binary that costs more than this is not refused in proportion. */
const limitMs = 100;

const [what = "descriptors", count, every = "4"] = process.argv.slice(2);
switch (what) {
  case "descriptors":
    longRun({ input: randomDescriptors, exercise });
    break;
  case "binaries": {
    const samples = await sampleComponents();
    longRun(
      { input: (random) => damage(samples, random), exercise: loadAndCompile, limitMs },
      Number(count ?? 1_000_000),
    );
    break;
  }
  case "types": {
    const seed = Number(process.env.BUSBAR_FUZZ_SEED ?? 1);
    const tally = await tryTypes(Number(count ?? 10_000), seed, Number(every), (each) => console.log(each));
    console.log(tally);
    break;
  }
  case "boards":
    console.log(await compareBoards(Number(count ?? 10_000), Number(process.env.BUSBAR_FUZZ_SEED ?? 1)));
    break;
  default:
    console.error(
      `There is nothing to fuzz that is called ${what}; choose descriptors, binaries, types or boards.`,
    );
    process.exitCode = 1;
}
