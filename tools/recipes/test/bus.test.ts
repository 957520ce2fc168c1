import { expect, test } from "vitest";
import { Tree } from "./tree.ts";

test("a bus is a folder, and is in the list of modules", async () => {
  using tree = new Tree(
    ["host/core", "wit", "tools/encode-wit"],
    ["packages/conformance", "tools/fuzz", "tools/jco"],
  );
  // The bus from outside of the host's tests, as one of its own.
  tree.move("host/core/test/echo-bus.ts", "host/core/src/bus/echo/index.ts", {
    '"@busbar/host/module"': '"../../module.ts"',
    "\ninterface EchoTypes": "\nexport interface EchoTypes",
  });
  tree.add("echo/check", "host/core/test");

  tree.insert(
    "host/core/src/modules.ts",
    'import { i2c } from "./bus/i2c/index.ts";\n',
    'import { echo } from "./bus/echo/index.ts";\n',
  );
  tree.insert("host/core/src/modules.ts", "] as const satisfies BusModules;", ", echo");
  await tree.run("host/core", "scripts/write-host-interfaces.mjs");
  await tree.typecheck("host/core");
  expect(await tree.run("host/core", "test/echo.ts")).toBe("7\n");
  // What else CONTRIBUTING names is about public names, its interface in wit/, its backend on Node, and a table's sentences.
  expect(tree.edited).toEqual(["host/core/src/modules.ts"]);
});
