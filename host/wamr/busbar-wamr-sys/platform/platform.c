/* The functions of WAMR's platform_api_vmcore.h, and how WAMR is started in a pool. */

#include "busbar_platform.h"
#include "bh_platform.h"
#include "wasm_export.h"

/* The lowest address of the stack. */
static uint8 *stack_boundary;

bool
busbar_init_in_pool(void *pool, uint32_t size, void *lowest_of_stack)
{
    RuntimeInitArgs arguments;

    memset(&arguments, 0, sizeof(arguments));
    arguments.mem_alloc_type = Alloc_With_Pool;
    arguments.mem_alloc_option.pool.heap_buf = pool;
    arguments.mem_alloc_option.pool.heap_size = size;
    stack_boundary = lowest_of_stack;
    return wasm_runtime_full_init(&arguments);
}

int
bh_platform_init(void)
{
    return 0;
}

void
bh_platform_destroy(void)
{
}

/* There is the pool, and nothing beside it. */
void *
os_malloc(unsigned size)
{
    (void)size;
    return NULL;
}

void *
os_realloc(void *place, unsigned size)
{
    (void)place;
    (void)size;
    return NULL;
}

void
os_free(void *place)
{
    (void)place;
}

/* newlib's own allocator has nothing either: only what prints to a text without a length would ask it. */
void *
_sbrk(ptrdiff_t size)
{
    (void)size;
    errno = ENOMEM;
    return (void *)-1;
}

/* What WAMR says is for its authors. */
int
os_printf(const char *format, ...)
{
    (void)format;
    return 0;
}

int
os_vprintf(const char *format, va_list arguments)
{
    (void)format;
    (void)arguments;
    return 0;
}

/* The times of what it says. */
uint64
os_time_get_boot_us(void)
{
    return 0;
}

uint64
os_time_thread_cputime_us(void)
{
    return 0;
}

korp_tid
os_self_thread(void)
{
    return 0;
}

uint8 *
os_thread_get_stack_boundary(void)
{
    return stack_boundary;
}

void
os_thread_jit_write_protect_np(bool enabled)
{
    (void)enabled;
}

int
os_mutex_init(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

int
os_mutex_destroy(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

int
os_mutex_lock(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

int
os_mutex_unlock(korp_mutex *mutex)
{
    (void)mutex;
    return 0;
}

void *
os_mmap(void *hint, size_t size, int prot, int flags, os_file_handle file)
{
    void *place = wasm_runtime_malloc(size);

    (void)hint;
    (void)prot;
    (void)flags;
    (void)file;
    if (place)
        memset(place, 0, size);
    return place;
}

void
os_munmap(void *place, size_t size)
{
    (void)size;
    wasm_runtime_free(place);
}

void *
os_mremap(void *place, size_t old_size, size_t new_size)
{
    return os_mremap_slow(place, old_size, new_size);
}

int
os_mprotect(void *place, size_t size, int prot)
{
    (void)place;
    (void)size;
    (void)prot;
    return 0;
}

void
os_dcache_flush(void)
{
}

void
os_icache_flush(void *start, size_t length)
{
    (void)start;
    (void)length;
}
