import type { HostileCase } from "../case.ts";
import { answers } from "./answers.ts";
import { calls } from "./calls.ts";
import { files } from "./files.ts";
import { growth } from "./growth.ts";
import { loops } from "./loops.ts";
import { names } from "./names.ts";
import { printing } from "./prints.ts";
import { texts } from "./texts.ts";
import { trapping } from "./traps.ts";

/** All of them. Nothing in it crashes or hangs software of others: an engine, a parser, a kernel. */
export const corpus: readonly HostileCase[] = [
  ...loops,
  ...growth,
  ...texts,
  ...trapping,
  ...names,
  ...answers,
  ...calls,
  ...printing,
  ...files,
];
