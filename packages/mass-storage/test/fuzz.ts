/// <reference types="node" />

/**
 * The long run: `pnpm --filter @busbar/mass-storage fuzz`, for the parsers, the partition tables and the whole driver
 * together; see tools/fuzz for its environment.
 */

import { longRun } from "@busbar/fuzz";
import { answerInput, exerciseDevice, exerciseImage, exerciseParsers, imageInput } from "./fuzz-inputs.ts";

longRun({
  input: (_, run) => run,
  /** Of fifty inputs two are disks and one is a device, which take as long as all the others. */
  exercise: (run, random) => {
    if (run % 25 === 1) return exerciseImage(imageInput(random));
    if (run % 50 === 0) return exerciseDevice(random);
    return exerciseParsers(answerInput(random));
  },
});
