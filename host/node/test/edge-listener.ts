/** A program that ends, with the exit code 3, while it waits for edges that never come. */

import { createRequire } from "node:module";
import { setTimeout } from "node:timers/promises";
import { DescriptorWaiter } from "../src/linux/descriptor-waiter.ts";

const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
const eventDescriptor = koffi.load(null).func("int eventfd(unsigned int initval, int flags)");

new DescriptorWaiter(koffi).add(eventDescriptor(0, 0) as number, () => undefined);
// The thread has begun to wait by then.
await setTimeout(50);
process.exit(3);
