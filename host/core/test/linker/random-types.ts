/**
 * Values of random types, out of a component and into it, by the linker and by jco: both must give what went in. Shared by the
 * test and by `pnpm fuzz types`.
 */

import { isDeepStrictEqual } from "node:util";
import { randomOf } from "@busbar/fuzz";
import { startWithJco } from "@busbar/jco";
import { echo, started } from "./harness.ts";
import { randomType, randomValue, type Type } from "./type-tree.ts";

const mostParts = 80;
/** Lists of lists of lists of texts are large, and nothing is freed. */
const guestPages = 128;
const valuesOfAType = 4;
const encodings = ["utf8", "utf16", "latin1+utf16"] as const;
/** jco's translator panics on the third, and is of no use afterwards. */
const jcoEncodings = ["utf8", "utf16"] as const;

/** How a run went. */
export interface TypesTally {
  readonly types: number;
  /** How many of them jco was asked about, too. */
  readonly judged: number;
}

type Echo = (value: unknown) => unknown;
type Run = (component: Uint8Array<ArrayBuffer>, f: Echo) => Promise<{ f: Echo; end?(): void }>;

const linker: Run = async (component, f) => {
  const { exports, end } = await started(component, { "test:x/h": { f } }, { waits: () => false });
  return { f: exports.f, end: () => end(new Error("done")) };
};
const jco: Run = (component, f) => startWithJco(component, { "test:x/h": { f } });

/**
 * Tries types.
 *
 * @param every which of them jco is asked about: it takes a hundred times as long
 * @throws Error that names the type and the value which somebody changed
 */
export async function tryTypes(
  types: number,
  seed: number,
  every: number,
  onProgress: (tally: TypesTally) => void = () => {},
): Promise<TypesTally> {
  let judged = 0;
  for (let run = 0; run < types; run += 1) {
    const random = randomOf(Math.imul(seed, 0x9e37_79b1) + run);
    let type: Type;
    do {
      type = { record: [randomType(random, 3), randomType(random, 2)].slice(0, 1 + random(2)) };
    } while (partsOf(type) > mostParts);
    const isJudged = run % every === 0 && optionsIn(type) < 3;
    const choice = isJudged ? jcoEncodings : encodings;
    const component = await echo(type, choice[random(choice.length)], guestPages);
    const values = Array.from({ length: valuesOfAType }, () => ({
      // The record that every echo has around its type.
      constructor: randomValue(type, random),
    }));
    const context = `type ${run} of seed ${seed}: ${JSON.stringify(type)}`;
    await requireSame(linker, component, values, `the linker, ${context}`);
    if (isJudged) {
      await requireSame(jco, component, values, `jco, ${context}`);
      judged += 1;
    }
    if ((run + 1) % 500 === 0) onProgress({ types: run + 1, judged });
  }
  return { types, judged };
}

async function requireSame(
  run: Run,
  component: Uint8Array<ArrayBuffer>,
  values: readonly unknown[],
  context: string,
): Promise<void> {
  const seen: unknown[] = [];
  const { f, end } = await run(component, (value) => {
    seen.push(value);
    return value;
  });
  for (const [index, value] of values.entries()) {
    const returned = await f(value);
    if (!isDeepStrictEqual(seen[index], value) || !isDeepStrictEqual(returned, value))
      throw new Error(`${context}: a value was changed`, { cause: { value, seen: seen[index], returned } });
  }
  end?.();
}

/** How many options stand one in the other: jco loses the innermost of three. */
function optionsIn(type: Type): number {
  if (typeof type === "string") return 0;
  const parts = Object.values(type).flat() as (Type | number | undefined)[];
  const below = parts.map((part) => (part === undefined || typeof part === "number" ? 0 : optionsIn(part)));
  return Math.max(0, ...below) + ("option" in type ? 1 : 0);
}

function partsOf(type: Type): number {
  if (typeof type === "string") return 1;
  const parts = Object.values(type).flat() as (Type | number | undefined)[];
  return parts.reduce<number>(
    (sum, part) => sum + (part === undefined || typeof part === "number" ? 0 : partsOf(part)),
    1,
  );
}
