/** Asks a person for what the command line did not say. */

import { CreateError } from "./error.ts";
import { describeKind, type Kind, matchingKinds } from "./kinds.ts";
import { parseName } from "./name.ts";

/** What the command line said; what is left out is asked for, or follows from the rest. */
export interface Request {
  readonly name?: string | undefined;
  readonly bus?: string | undefined;
  readonly device?: string | undefined;
  /** False for a part that has no register that says which part it is. */
  readonly id?: boolean | undefined;
  /** Where the package goes; its own name where it is left out. */
  readonly directory?: string | undefined;
}

/** A request with nothing left to ask. */
export interface Answered {
  readonly name: string;
  readonly kind: Kind;
}

/**
 * Completes a request: asks in a terminal, and nowhere else. What was given is checked first.
 *
 * @param interactive whether there is a person to ask
 * @throws CreateError when there is nobody to ask, or the person gives up
 */
export async function complete({ name, bus, device, id }: Request, interactive: boolean): Promise<Answered> {
  const offered = matchingKinds(bus, device, id === false ? false : undefined);
  if (name !== undefined) parseName(name);
  const only = offered.length === 1 ? offered[0] : undefined;
  if (name !== undefined && only !== undefined) return { name, kind: only };
  if (interactive) return { name: name ?? (await askName()), kind: only ?? (await askKind(offered)) };
  if (name === undefined) throw new CreateError(`Say what the driver is called, such as "my-sensor".`);
  throw new CreateError(`Say what ${name} drives: ${offered.map(describeKind).join(", or ")}.`);
}

async function askName(): Promise<string> {
  const { text } = await import("@clack/prompts");
  return answer(
    await text({
      message: "What is the driver called? As its part is, with a scope where you have one.",
      placeholder: "my-sensor",
      validate: (value) => {
        try {
          parseName(value ?? "");
        } catch (error) {
          if (error instanceof CreateError) return error.message;
          throw error;
        }
        return undefined;
      },
    }),
  );
}

async function askKind(offered: readonly Kind[]): Promise<Kind> {
  const { select } = await import("@clack/prompts");
  const options = offered.map((kind) => ({
    value: kind,
    label: `${kind.device} on ${kind.bus}`,
    hint: kind.purpose,
  }));
  return answer(await select<Kind>({ message: "What does it drive?", options }));
}

/** What a prompt gave; a symbol of clack's where the person pressed Ctrl-C. */
function answer<Given>(given: Given): Exclude<Given, symbol> {
  if (typeof given === "symbol") throw new CreateError("Nothing was written.");
  return given as Exclude<Given, symbol>;
}
