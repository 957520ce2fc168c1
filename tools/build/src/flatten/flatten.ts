/** Makes one core module of a component, for runtimes that load no components: docs/flattened.md. */

import { createHash } from "node:crypto";
import { readMetadata } from "@busbar/host";
import { LinkError, planFor } from "@busbar/host/component";
import type { Part } from "../compose/part.ts";
import { isValidModule } from "../core-module/valid.ts";
import { BuildError } from "../error.ts";
import { metadataSections } from "../metadata.ts";
import { customSection } from "../sections.ts";
import { exportedBy } from "./exported.ts";
import { interfaceSection, writeInterface } from "./interface.ts";
import { link } from "./link.ts";
import { reach } from "./reach.ts";
import { writeModule } from "./write.ts";

/** The name of the section with the SHA-256 digest of the component. */
export const digestSection = "busbar:component";

/**
 * Flattens a component. The same bytes give the same bytes.
 *
 * @param component not trusted
 * @returns a core module that an engine takes
 * @throws HostError with code "component" for what no host can link; BuildError for what cannot be one core module
 */
export function flattenComponent({ name, bytes }: Part): Uint8Array<ArrayBuffer> {
  const plan = planFor(bytes, name);
  try {
    const exported = exportedBy(plan);
    const program = link(plan, exported);
    const reached = reach(program);
    const flattened = writeModule(program, reached, [
      customSection(digestSection, createHash("sha256").update(bytes).digest()),
      customSection(interfaceSection, writeInterface(plan, exported)),
      ...metadataSections(readMetadata(bytes)),
    ]);
    if (!isValidModule(flattened)) throw new LinkError("what it becomes is larger than an engine takes");
    return flattened;
  } catch (cause) {
    if (!(cause instanceof LinkError)) throw cause;
    throw new BuildError(`${name} cannot be flattened: ${cause.message}.`, { cause });
  }
}
