/** Why a folder of WIT does not resolve. */

import { BuildError, messageOf } from "./error.ts";

/**
 * Makes one sentence of what is wrong. Most of the tools say no more than "failed to parse package"; the type generator
 * tells the cause.
 *
 * @param folder a staged folder in which `world` does not resolve
 * @param thrown what a tool threw
 */
export async function explainWit(folder: string, world: string, thrown: unknown): Promise<BuildError> {
  const { generateGuestTypes } = await import("@bytecodealliance/jco-transpile");
  const told = await generateGuestTypes(folder, { worldName: world }).then(
    () => thrown,
    (error: unknown) => error,
  );
  const [head = "", causes] = messageOf(told).split("Caused by:");
  const reason = (causes ?? head)
    .split("\n")
    .map((line) => line.trim().replace(/^\d+: /, ""))
    .filter((line) => line !== "" && !line.startsWith("failed to parse package"))
    .join(" ");
  const text = reason === "" ? head.trim() : reason;
  return new BuildError(`The WIT of world "${world}" does not resolve: ${text}`, { cause: thrown });
}
