/** The WIT export of a driver on GPIO. */

import { gpio } from "@busbar/guest/gpio";
import { defineSwitch } from "@busbar/guest/switch";
import { Relay, relayOptions } from "./relay.ts";

/** busbar:device/switch. */
const device = defineSwitch({ bus: gpio, options: relayOptions, driver: Relay });

export { device as switch };
