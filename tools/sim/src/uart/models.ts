import type { UartModel } from "@busbar/model";
import { uartLoopbackModel } from "./loopback.ts";

/** The simulator's own models: of no part, whose model is in the package of its driver. */
export const uartModels: ReadonlyMap<string, UartModel> = new Map([["loopback", uartLoopbackModel]]);
