import { defineUartModel, type UartPart } from "@busbar/model";
import * as v from "valibot";

/** A wire from TX to RX: what is sent is received. For trying a port without a part. */
export class UartLoopback implements UartPart {
  readonly form = undefined;
  readonly #bytes: { readonly byte: number; readonly atMs: number }[] = [];

  get nextMs(): number | undefined {
    return this.#bytes[0]?.atMs;
  }

  send(): Uint8Array {
    return Uint8Array.of(this.#bytes.shift()!.byte);
  }

  receive(byte: number, atMs: number): void {
    this.#bytes.push({ byte, atMs });
  }
}

/** The model "loopback" of the board file. */
export const uartLoopbackModel = defineUartModel(v.strictObject({}), () => new UartLoopback());
