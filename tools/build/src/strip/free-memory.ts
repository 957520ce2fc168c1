/**
 * Clears what is dead in the memory of a driver that was evaluated: stack frames of calls that have returned, and what was
 * given back to the allocator, such as copies of the driver's source that its compiler worked on.
 *
 * No program can tell: C and Rust leave it open what is in memory that was just allocated, and in variables that were not
 * set yet, and `calloc` clears what it gives. What the allocator itself keeps in free memory stays.
 *
 * The allocator is wasi-libc's, dlmalloc 2.8.6 (malloc.c, "Basic layout of chunks"): chunks lie one behind the other from
 * the first to the top; each has its size and two flags in front. Here all of it is checked before anything is cleared: a
 * memory in which one word is not as dlmalloc would have it stays as it is.
 */

/** malloc.c, `MALLOC_ALIGNMENT`: of what is given out, 8 bytes behind the start of its chunk. */
const alignment = 16;
/** Where a chunk's size and flags are, and where what is given out begins. */
const headAt = 4;
const contentsAt = 8;
/** malloc.c, `PINUSE_BIT` and `CINUSE_BIT`: the chunk before is in use; this one is. */
const previousInUse = 1;
const inUse = 2;
const flags = 7;
/** malloc.c, `MIN_LARGE_SIZE`: free chunks from here on are in trees. */
const smallestLarge = 256;
/** malloc.c, `malloc_chunk` and `malloc_tree_chunk`: links of a free chunk, and of a large one. */
const smallLinks = 8;
const largeLinks = 24;
/** malloc.c, `TOP_FOOT_SIZE` on 32 bits is this or less; behind the top chunk is nothing else. */
const longestFoot = 64;

interface Chunk {
  readonly at: number;
  readonly size: number;
}

/**
 * Clears the dead parts of a memory in place.
 *
 * @param memory as it is before anything of the driver runs
 * @param globals what exported globals begin with: the linker's `__stack_pointer` and `__heap_base`, and where each
 *   library's data begins (`*:memory_base`)
 */
export function clearFreeMemory(memory: Uint8Array, globals: ReadonlyMap<string, number>): void {
  const stack = globals.get("__stack_pointer");
  const bases = [...globals].filter(([name]) => name.endsWith(":memory_base")).map(([, base]) => base);
  // The stack grows down to 0, and all data lies above it: wit-component links so.
  if (stack !== undefined && bases.length > 0 && bases.every((base) => base >= stack))
    memory.fill(0, 0, stack);
  const heap = globals.get("__heap_base");
  if (heap === undefined) return;
  for (const { at, size } of freeChunks(memory, heap) ?? []) {
    const links = size < smallestLarge ? smallLinks : largeLinks;
    // The last word of a free chunk, the next one's `prev_foot`, is its size.
    memory.fill(0, at + contentsAt + links, at + size);
  }
}

/** The free chunks of a heap; undefined where it is none of dlmalloc's. */
function freeChunks(memory: Uint8Array, heapBase: number): Chunk[] | undefined {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const word = (at: number) => (at + 4 <= memory.length ? view.getUint32(at, true) : 0);
  const free: Chunk[] = [];
  let at = alignUp(heapBase + contentsAt) - contentsAt;
  let lastInUse = true;
  let last: Chunk | undefined;
  while (at + longestFoot < memory.length) {
    const head = word(at + headAt);
    const size = head - (head & flags);
    const isFree = (head & inUse) === 0;
    if (size < alignment || size % alignment !== 0 || at + size > memory.length) return undefined;
    if (((head & previousInUse) !== 0) !== lastInUse) return undefined;
    // Free chunks that touch are one.
    if (isFree && !lastInUse) return undefined;
    if (!lastInUse && word(at) !== last?.size) return undefined;
    last = { at, size };
    lastInUse = !isFree;
    if (isFree) free.push(last);
    at += size;
  }
  // The last is the top chunk, which is free, and is linked to none.
  return lastInUse ? undefined : free;
}

function alignUp(at: number): number {
  return Math.ceil(at / alignment) * alignment;
}
