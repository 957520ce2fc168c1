/** An app of world `hid-app`: sets a light, and prints what is pressed. */

import { defineApp, print } from "@busbar/guest/app/base";
import { openHid } from "@busbar/guest/app/hid";

const CAPS_LOCK_LIGHT = 0x0008_0002;

/** wasi:cli/run. */
export const run = defineApp(() => {
  const keys = openHid("keys");
  print(`${keys.info.product}, ${keys.reportDescriptor.length} bytes, ${keys.collections.length} collection`);
  const light = keys.fields.findIndex(({ kind }) => kind === "output");
  keys.send("output", [{ field: light, usage: CAPS_LOCK_LIGHT, number: 1 }]);
  const report = keys.read(1000);
  // The usages of modifiers and keys whose value is 1.
  const pressed = report?.values.filter(({ number }) => number === 1).map(({ usage }) => usage.toString(16));
  print(`pressed ${pressed?.join(" ")}`);
  print(`${keys.read(0)} ${keys.protocol()} ${keys.idleMs(0)} ${keys.getRaw("input", 0).data.length}`);
  keys.close();
});
