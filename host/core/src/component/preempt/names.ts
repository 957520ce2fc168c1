/**
 * What a prepared module exports beside its own: how the host reaches the table, the counter and the start function that
 * the pass in rewrite.ts adds.
 */

/** Nothing that a guest brings may begin with this: it would be taken for the host's, or reach it. */
export const reservedPrefix = "busbar:preempt/";

/** The exported table of two functions of the host: `gateSlot` and `growSlot`. Filled before anything of the module runs. */
export const tableExport = `${reservedPrefix}table`;

/** The exported mutable i32: what may still be executed before the gate is asked, in units of about 16 bytes of code. */
export const counterExport = `${reservedPrefix}counter`;

/** The start function, where the module had a start section: the host calls it when the table is filled. */
export const startExport = `${reservedPrefix}start`;

/** Slot of the gate, [] -> [i32]: how far the guest may go on, above 0; with 0 it ends. */
export const gateSlot = 0;

/** Slot of the growth, [kind i32, delta i32] -> [i32]: 1 where a memory or table may grow; a negative delta is given back. */
export const growSlot = 1;
