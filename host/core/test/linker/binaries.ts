/** What must hold of every binary that somebody gives for a component. Shared by the test and by `pnpm fuzz binaries`. */

import { mutate, type Random } from "@busbar/fuzz";
import { resourceClasses } from "../../src/component/exports.ts";
import { planFor } from "../../src/component/interface.ts";
import { compileModule, prepareModule } from "../../src/component/prepare.ts";
import { LinkError } from "../../src/component/reader.ts";
import { HostError } from "../../src/error.ts";
import { printable } from "../../src/text.ts";

interface Section {
  readonly id: number;
  readonly contents: Uint8Array;
}

const preambleLength = 8;
const moduleSection = 1;
const componentSection = 4;

/** Damages a component: bytes, lengths, whole sections, at any depth; sections of other components come in. */
export function damage(samples: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = samples[random(samples.length)]!;
  for (let left = 1 + random(3); left > 0; left -= 1) bytes = damageOnce(bytes, samples, random);
  // Most of all, something must be wrong behind a preamble that is right.
  return random(50) === 0 ? mutate(bytes, random) : bytes;
}

function damageOnce(bytes: Uint8Array, samples: readonly Uint8Array[], random: Random): Uint8Array {
  const sections = split(bytes);
  if (sections.length === 0) return mutate(bytes, random);
  const place = random(sections.length);
  const chosen = sections[place]!;
  const nests =
    chosen.id === componentSection || (chosen.id === moduleSection && isModuleOrComponent(chosen.contents));
  switch (random(8)) {
    case 0:
      sections.splice(place, 1);
      break;
    case 1:
      sections.splice(random(sections.length), 0, chosen);
      break;
    case 2: {
      const other = split(samples[random(samples.length)]!);
      if (other.length > 0) sections.splice(place, random(2), other[random(other.length)]!);
      break;
    }
    case 3:
      sections[place] = { id: random(14), contents: chosen.contents };
      break;
    default:
      sections[place] = {
        id: chosen.id,
        contents:
          nests && random(4) > 0
            ? damageOnce(chosen.contents, samples, random)
            : mutate(chosen.contents, random),
      };
  }
  return join(bytes, sections);
}

function isModuleOrComponent(bytes: Uint8Array): boolean {
  return bytes.length >= preambleLength && bytes[0] === 0 && bytes[1] === 0x61;
}

/** Its sections, as far as their lengths make sense. */
function split(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  let at = preambleLength;
  while (at < bytes.length) {
    const id = bytes[at]!;
    let length = 0;
    let shift = 0;
    do {
      at += 1;
      length |= ((bytes[at] ?? 0) & 0x7f) << shift;
      shift += 7;
    } while ((bytes[at] ?? 0) >= 0x80 && shift < 28);
    at += 1;
    sections.push({ id, contents: bytes.subarray(at, at + length) });
    at += length;
  }
  return sections;
}

function join(original: Uint8Array, sections: readonly Section[]): Uint8Array {
  const out: number[] = [...original.subarray(0, preambleLength)];
  for (const { id, contents } of sections) {
    out.push(id);
    let length = contents.length;
    for (; length >= 0x80; length >>>= 7) out.push((length & 0x7f) | 0x80);
    out.push(length);
    for (const byte of contents) out.push(byte);
  }
  return Uint8Array.from(out);
}

/**
 * Does everything with a binary that a host does before it starts one.
 *
 * @returns whether it is a component that could be started
 * @throws when it ends in anything but the one error that there is for it
 */
export function loadAndCompile(bytes: Uint8Array): boolean {
  const plan = refusedBy(HostError, () => planFor(bytes, "x.wasm"));
  if (plan === undefined) return false;
  resourceClasses(plan);
  return plan.modules.every(
    (module) => refusedBy(LinkError, () => compileModule(prepareModule(module), 16)) !== undefined,
  );
}

function refusedBy<Result>(
  kind: abstract new (...values: never[]) => Error,
  run: () => Result,
): Result | undefined {
  try {
    return run();
  } catch (thrown) {
    if (!(thrown instanceof kind)) throw thrown;
    if (printable(thrown.message, 1000) !== thrown.message)
      throw new Error(`not for people: ${JSON.stringify(thrown.message)}`);
    return undefined;
  }
}
