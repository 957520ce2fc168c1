#!/usr/bin/env node
// Any Node that knows modules can read this file: it says which Node it takes before anything newer is loaded.
const neededNode = 25;

if (Number(process.versions.node.split(".")[0]) >= neededNode) {
  // What waits for nothing and does not end is no success; Node says 13 of what is imported at once.
  const unsettled = () => {
    process.exitCode = 13;
  };
  process.once("beforeExit", unsettled);
  import("../dist/main.js")
    .then(({ main }) => main(process.argv.slice(2)))
    .then(() => process.removeListener("beforeExit", unsettled));
} else {
  const message = `This is Node ${process.version}, and busbar needs Node ${neededNode} or newer; install one: https://nodejs.org.`;
  const record = {
    type: "error",
    time: new Date().toISOString(),
    code: "backend",
    exitCode: 6,
    message: message,
  };
  console.error(process.argv.includes("--json") ? JSON.stringify(record) : `busbar: ${message}`);
  process.exitCode = 6;
}
