/*
 * What a driver imports and exports, with all types, as @busbar/build writes it into the memory (tools/build/src/micro/tables.ts
 * is the other half of this file). All numbers are little-endian, all references are addresses.
 *
 * Sizes, alignments and places are computed there; see CanonicalABI.md, "Alignment", "Element Size" and "Flattening".
 */
#pragma once
#include <stdint.h>

enum kind {
    KIND_BOOL, KIND_S8, KIND_U8, KIND_S16, KIND_U16, KIND_S32, KIND_U32, KIND_S64, KIND_U64, KIND_F32, KIND_F64,
    KIND_CHAR, KIND_STRING, KIND_LIST, KIND_RECORD, KIND_TUPLE, KIND_FLAGS, KIND_ENUM, KIND_VARIANT, KIND_OPTION,
    KIND_RESULT, KIND_OWN, KIND_BORROW,
};

struct type;

/* Of a record, a tuple, or of the parameters of a function. */
struct field {
    /* As JavaScript writes it; a tuple has none. */
    const char *name;
    const struct type *type;
    /* In memory, in bytes. */
    uint32_t offset;
    /* Among core values. */
    uint32_t slot;
};

/* Of a variant, an option, a result; also a label of an enum or of flags. */
struct alternative {
    /* As WIT writes it; a label of flags as JavaScript does. */
    const char *name;
    /* NULL without a payload. */
    const struct type *type;
};

struct type {
    uint16_t kind;
    uint16_t align;
    /* In memory, in bytes. */
    uint32_t size;
    /* How many fields, alternatives or labels. */
    uint32_t count;
    union {
        const struct field *fields;
        const struct alternative *alternatives;
        const struct type *element;
        /* The index of a resource. */
        uint32_t resource;
    } of;
    /* Where the payload of an alternative is in memory, in bytes; among core values it is behind the first. */
    uint32_t payload;
    /* The bytes of what tells alternatives apart, in memory. */
    uint32_t discriminant;
};

struct function {
    /* A tuple. */
    const struct type *params;
    /* NULL without a result. */
    const struct type *result;
    /* How many core values the parameters are: one, where they lie in memory. */
    uint32_t param_slots;
    uint32_t has_params_in_memory;
    uint32_t has_result_in_memory;
    /* Whether the first parameter is what JavaScript calls `this`; of imports only. */
    uint32_t is_method;
};

struct resource {
    /* What the host is called with (engine.c, `call_host`). */
    uint32_t drop;
    /* Of the driver's own resources only. */
    uint32_t is_own, make, represent;
};

struct interface {
    uint32_t import_count;
    const struct function *imports;
    uint32_t export_count;
    const struct function *exports;
    uint32_t resource_count;
    const struct resource *resources;
};
