/**
 * The types of WIT's futures and streams, as they are in a QuickJS guest. jco declares a future as `PromiseLike`, which it is
 * not: nothing awaits it, so that an `async` function can return one.
 *
 * Source: componentize-qjs 0.4.5, README ("Streams", "Futures") and crates/runtime/src.
 */

/** The file, beside index.d.ts, that declares them. */
export const asyncTypesFile = "async.d.ts";

const name = "busbar:engine/async";

/** The text of that file. */
export const asyncTypes = `declare module '${name}' {
  /** The end of a \`future\` that a value is read from. */
  export interface FutureReadable<Value> extends Disposable {
    /** Waits for the value. Rejects where the writer is gone. A second call is an error: there is one value. */
    read(): Promise<Value>;
    /** Gives the handle back; it is an error while something waits in \`read\`. */
    drop(): void;
  }

  /** The end of a \`future\` that a value is written to, once. Dropping it before that ends the component. */
  export interface FutureWritable<Value> extends Disposable {
    /** Waits until the value is read; false where nobody will. */
    write(value: Value): Promise<boolean>;
    /** Gives the handle back. */
    drop(): void;
  }

  /** The end of a \`stream\` that items are read from. A loop over it that is left drops it. */
  export interface StreamReadable<Item> extends AsyncIterableIterator<Item, undefined>, Disposable {
    /** Waits for 1 to \`count\` items, 1 by default; none at the end. Of a \`stream<u8>\`, a Uint8Array. */
    read(count?: number): Promise<Item[]>;
    /** Gives the handle back: the writer sees that nobody reads any more. */
    drop(): void;
  }

  /** The end of a \`stream\` that items are written to. After its reader is gone, writing throws. */
  export interface StreamWritable<Item> extends Disposable {
    /** Waits until some are read; how many, 0 where the reader is gone. Of none: waits until somebody reads, or is gone. */
    write(items: readonly Item[]): Promise<number>;
    /** The same for one item that is a list itself: 1, or 0 where the reader is gone. */
    writeOne(item: Item): Promise<number>;
    /** Gives the handle back: the stream is at its end. */
    drop(): void;
  }
}
`;

/** Puts these types in the place of jco's, in the text of an interface. */
export function withAsyncTypes(text: string): string {
  const own = (type: string) => `import('${name}').${type}<`;
  return text
    .replaceAll(/\bPromiseLike</g, own("FutureReadable"))
    .replaceAll(/\bAsyncIterable</g, own("StreamReadable"));
}
