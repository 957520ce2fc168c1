/** Opens a board on the bus, as one of this host, and prints what its driver hears. */
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import { driver } from "../src/bus/echo/index.ts";
import { ComponentArtifact } from "../src/component/artifact.ts";
import { FakeClock } from "./fakes.ts";

const heard: number[] = [];
const entry = { driver: "./talker.wasm", echo: { channel: "room" } };
await using board = await OpenBoard.open(parseBoard({ devices: { talker: entry } }), {
  clock: new FakeClock(),
  echo: [{ channel: () => heard }],
  loadComponent: (label) => ComponentArtifact.load(label, driver),
});
const { exports } = await board.component<{ say(value: number): number }>("talker");
console.log(await exports.say(7));
