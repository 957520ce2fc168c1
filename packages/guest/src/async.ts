/**
 * The asynchronous half of WIT in a QuickJS guest (componentize-qjs 0.4.5, README and crates/runtime/src). Whoever reads a
 * future or a stream holds a handle of the host's until it is dropped: collection in a guest drops none.
 */

import type { FutureReadable, StreamReadable } from "./wit.ts";

export type { FutureReadable, FutureWritable, StreamReadable, StreamWritable } from "./wit.ts";

/**
 * Waits for the value of a WIT future, and drops it.
 *
 * @throws where its writer went without a value
 */
export async function takeValue<Value>(future: FutureReadable<Value>): Promise<Value> {
  try {
    return await future.read();
  } finally {
    future.drop();
  }
}

/** The items of a WIT stream, one by one. It is dropped at its end, and when the loop over them is left. */
export async function* takeItems<Item>(stream: StreamReadable<Item>): AsyncGenerator<Item, void, void> {
  try {
    yield* stream;
  } finally {
    stream.drop();
  }
}
