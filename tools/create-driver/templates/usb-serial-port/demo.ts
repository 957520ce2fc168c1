/** Sends a line to the port of board.json, and prints what comes back: the simulated one is an echo. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";

await using board = await openBoard(join(import.meta.dirname, "board.json"), { simulate });
await using port = await board.serialPort("console");
console.log(port.info, await port.lineSettings());
await port.write(new TextEncoder().encode("hello\n"));
process.stdout.write(await port.read({ timeoutMs: 1000 }));
