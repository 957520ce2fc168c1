import type { HostileCase } from "../case.ts";
import { corpus } from "../corpus/index.ts";
import type { NativeHost } from "./host.ts";

/** What a native host can run of the corpus: the drivers of sensors, each with the sentence that it ends in there. */
export function nativeCorpus({ differences }: NativeHost): readonly HostileCase[] {
  return corpus
    .filter(({ kind }) => kind === "sensor")
    .map((each) => ({ ...each, ends: differences.get(each.name)?.ends ?? each.ends }));
}
