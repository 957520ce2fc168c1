/** Shows the time on the display of board.json; where that is simulated, prints what a person would see. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { type Simulation, simulate } from "@busbar/sim";

let simulation: Simulation | undefined;
await using board = await openBoard(join(import.meta.dirname, "board.json"), {
  simulate: (...what) => {
    simulation = simulate(...what);
    return simulation;
  },
});
await using panel = await board.textDisplay("panel");
await panel.write(0, 0, panel.info.model);
await panel.write(1, 0, new Date().toTimeString().slice(0, 8));
for (const { picture } of simulation?.pictures() ?? []) console.log(picture);
