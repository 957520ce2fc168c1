/*
 * The memory for what crosses the boundary, behind the heap of the engine. It is a stack: what a call needed is dead when its
 * values were read.
 */

static uint8_t *arena_base, *arena_top;

#define PAGE_SIZE 65536

static void *arena_allocate(uint32_t align, uint32_t size)
{
    uintptr_t start = ((uintptr_t)arena_top + align - 1) & -(uintptr_t)align;
    uintptr_t end = start + size;
    uintptr_t have = __builtin_wasm_memory_size(0) * PAGE_SIZE;

    /* Neither more than there are addresses, nor more than the host allows. */
    if (end < start || start < (uintptr_t)arena_top)
        __builtin_trap();
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + PAGE_SIZE - 1) / PAGE_SIZE) == (size_t)-1)
        __builtin_trap();
    arena_top = (uint8_t *)end;
    return (void *)start;
}

/* CanonicalABI.md, `realloc`. */
EXPORT(cabi_realloc)
void *reallocate(uint8_t *old, uint32_t old_size, uint32_t align, uint32_t new_size)
{
    uint8_t *made;

    if (old_size != 0 && old + old_size == arena_top && new_size >= old_size) {
        arena_allocate(1, new_size - old_size);
        return old;
    }
    made = arena_allocate(align, new_size);
    if (old_size != 0)
        memcpy(made, old, old_size < new_size ? old_size : new_size);
    return made;
}
