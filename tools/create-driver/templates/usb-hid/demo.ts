/** Prints what comes from the device of board.json in one second. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";

await using board = await openBoard(join(import.meta.dirname, "board.json"), { simulate });
await using gamepad = await board.hid("gamepad");
console.log(`${gamepad.info.vendor} ${gamepad.info.product}`);
for (;;) {
  const report = await gamepad.read({ timeoutMs: 1000 });
  if (report === undefined) break;
  const pressed = report.values.filter(({ usage, number }) => usage >>> 16 === 9 && number === 1);
  const axes = report.values.filter(({ usage }) => usage >>> 16 === 1).map(({ number }) => number);
  console.log(
    `buttons: ${pressed.map(({ usage }) => usage & 0xffff).join(" ") || "none"}, axes: ${axes.join(" ")}`,
  );
}
