import type { HostileCase } from "../case.ts";
import { corpus } from "../corpus/index.ts";
import { differences } from "./differences.ts";

/** What the native host can run of the corpus: the drivers of sensors, each with the sentence that it ends in there. */
export const nativeCorpus: readonly HostileCase[] = corpus
  .filter(({ kind }) => kind === "sensor")
  .map((each) => ({ ...each, ends: differences.get(each.name)?.ends ?? each.ends }));
