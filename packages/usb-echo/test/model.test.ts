/** The simulated echo through the USB/IP server, spoken to as Linux' virtual host controller does. */

import { stringsOf } from "@busbar/contract";
import { expect, it } from "vitest";
import { UsbEcho } from "../src/model.ts";

it("the strings of an echo", async () => {
  expect(await stringsOf(new UsbEcho({ serialNumber: "e" }), 3)).toEqual(["Busbar", "echo", "e"]);
});
