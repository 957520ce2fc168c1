/*
 * MicroQuickJS as a core module for drivers: a driver's script is evaluated when it is built, and what is in the memory then is
 * what the driver starts with. @busbar/build puts this module together with one that has the imports and exports of the
 * driver's world (tools/build/src/micro).
 *
 * One unit with the engine's own source, for much of what is needed of it is static there.
 */

#include "mquickjs.c"
#include "interface.h"

/* Symbol.dispose: the engine has no symbols, and tools/build/src/micro gives texts their names. */
#define DISPOSE "@@dispose"

#define EXPORT(name) __attribute__((export_name(#name)))

static JSContext *ctx;

/* What the driver imports and exports. */
static const struct interface *interface;

/* Where core values are handed over: 16 parameters, and where a result goes (CanonicalABI.md, MAX_FLAT_PARAMS). */
#define SLOT_COUNT 17
uint64_t slots[SLOT_COUNT];

static void append(void *opaque, const void *text, size_t length);

/* While a driver is built, there is no host. */
static void no_host(uint32_t index)
{
    JS_SetLogFunc(ctx, append);
    js_printf(ctx, "unknown import: %u", index);
    __builtin_trap();
}

/*
 * Calls an import by its number, with the slots as parameters, and puts its result into the first one. The other module puts its
 * function where this one is in the table.
 */
void (*volatile call_host)(uint32_t index) = no_host;

#include "arena.c"
#include "resources.c"
#include "lift.c"
#include "lower.c"
#include "calls.c"
#include "library.h"
#include "build.c"
