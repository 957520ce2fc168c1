/**
 * Loaded into a Node process before its own program (`--import`): writes to standard error how many microseconds went by from
 * the end of Node's start to the first output, as c/first_output.c does for programs in machine code.
 */
import { performance } from "node:perf_hooks";

const { bootstrapComplete } = performance.nodeTiming;
const write = process.stdout.write.bind(process.stdout);
let hasWritten = false;
process.stdout.write = ((...parameters: Parameters<typeof write>) => {
  if (!hasWritten) {
    hasWritten = true;
    const us = (performance.now() - bootstrapComplete) * 1000;
    process.stderr.write(`main to first output: ${us.toFixed(1)} us\n`);
  }
  return write(...parameters);
}) as typeof process.stdout.write;
