import { expect, test } from "vitest";
import { Tree } from "./tree.ts";

test("a kind of device is a folder, an interface and three lines", async () => {
  using tree = new Tree(
    ["host/core", "wit", "tools/encode-wit"],
    ["packages/conformance", "tools/fuzz", "tools/jco"],
  );
  tree.add("gas-meter/device", "host/core/src/device/gas-meter");
  tree.add("gas-meter/wit", "wit/device");
  tree.add("gas-meter/check", "host/core/test");

  tree.insert(
    "wit/host/host.wit",
    "  import wasi:cli/stdin@0.2.0;\n",
    "  import busbar:device/gas-meter@0.1.0;\n",
  );
  const modules = "host/core/src/device/modules.ts";
  tree.insert(
    modules,
    'import { hid } from "./hid/index.ts";\n',
    'import { gasMeter } from "./gas-meter/index.ts";\n',
  );
  tree.insert(modules, "] as const;", "  gasMeter,\n");
  tree.insert(
    "host/core/src/index.ts",
    'export { Hid } from "./device/hid/hid.ts";\n',
    'export { GasMeter } from "./device/gas-meter/gas-meter.ts";\n',
  );

  await tree.run("host/core", "scripts/write-host-interfaces.mjs");
  await tree.typecheck("host/core");
  expect(await tree.run("host/core", "test/gas-meter.ts")).toBe("gasMeter 12.5\n");
  expect(tree.edited).toHaveLength(3);
});
