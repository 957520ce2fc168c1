/** Where everything lies. */

import { join } from "node:path";

/** The root of the repository. */
export const root = join(import.meta.dirname, "../../..");

/** What is downloaded and built; kept. */
export const cache = join(root, ".cache/foreign");

/** The sources of the programs. */
export const programs = join(import.meta.dirname, "../programs");

/** The built component of a program. */
export const componentOf = (name: string): string => join(cache, "components", `${name}.wasm`);
