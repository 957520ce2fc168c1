/*
 * Values of JavaScript become values of the component model: CanonicalABI.md, "Storing" and "Flat Lowering". A value that is
 * none of its type is a TypeError, never another value.
 *
 * Each function returns 0, or -1 with an exception. Values are given by where the collector finds them.
 */

static int lower(const struct type *type, JSValue *value, uint8_t *to, int is_flat);

static int refuse(const char *wanted)
{
    JS_ThrowTypeError(ctx, "not %s", wanted);
    return -1;
}

/* Writes the bits of a core value of 4 or 8 bytes: its lower bytes into memory, all of it into a slot. */
static void write(uint8_t *to, uint64_t bits, uint32_t size, int is_flat)
{
    memcpy(to, &bits, is_flat ? SLOT_SIZE : size);
}

static int lower_integer(const struct type *type, JSValue *value, uint8_t *to, int is_flat)
{
    int32_t number;

    if (!JS_IsNumber(ctx, *value))
        return refuse("a number");
    JS_ToInt32(ctx, &number, *value);
    switch (type->kind) {
    case KIND_S8: number = (int8_t)number; break;
    case KIND_U8: number = (uint8_t)number; break;
    case KIND_S16: number = (int16_t)number; break;
    case KIND_U16: number = (uint16_t)number; break;
    }
    write(to, (uint32_t)number, type->size, is_flat);
    return 0;
}

static int lower_number(const struct type *type, JSValue *value, uint8_t *to, int is_flat)
{
    union { uint64_t u64; int64_t s64; double f64; float f32; } bits = { 0 };
    double number;

    if (!JS_IsNumber(ctx, *value))
        return refuse("a number");
    JS_ToNumber(ctx, &number, *value);
    switch (type->kind) {
    case KIND_F32: bits.f32 = (float)number; break;
    case KIND_F64: bits.f64 = number; break;
    case KIND_S64:
        if (!(number >= -0x1p63 && number < 0x1p63))
            return refuse("an s64");
        bits.s64 = (int64_t)number;
        break;
    default:
        if (!(number > -1 && number < 0x1p64))
            return refuse("a u64");
        bits.u64 = (uint64_t)number;
    }
    write(to, bits.u64, type->size, is_flat);
    return 0;
}

static void write_range(uint8_t *to, const void *start, uint32_t length, int is_flat)
{
    write(to, (uintptr_t)start, 4, is_flat);
    write(to + (is_flat ? SLOT_SIZE : 4), length, 4, is_flat);
}

static int lower_string(JSValue *value, uint8_t *to, int is_flat)
{
    JSCStringBuf short_text;
    const char *text;
    size_t length;
    uint8_t *copy;

    if (!JS_IsString(ctx, *value))
        return refuse("a string");
    text = JS_ToCStringLen(ctx, &length, *value, &short_text);
    copy = arena_allocate(1, length);
    memcpy(copy, text, length);
    /* A lone surrogate, which has three bytes in the engine's strings and none in UTF-8, becomes U+FFFD. */
    for (size_t at = 0; at + 2 < length; at += 1)
        if (copy[at] == 0xed && copy[at + 1] >= 0xa0)
            memcpy(copy + at, "\xef\xbf\xbd", 3);
    write_range(to, copy, length, is_flat);
    return 0;
}

static int lower_code_point(JSValue *value, uint8_t *to, int is_flat)
{
    JSCStringBuf short_text;
    const char *text;
    size_t length, used;
    int code;

    if (!JS_IsString(ctx, *value))
        return refuse("a string");
    text = JS_ToCStringLen(ctx, &length, *value, &short_text);
    code = length == 0 ? -1 : utf8_get((const uint8_t *)text, &used);
    if (code < 0 || used != length || (code >= 0xd800 && code < 0xe000))
        return refuse("one character");
    write(to, (uint32_t)code, 4, is_flat);
    return 0;
}

/* Lowers what was looked up: an item of a list, or a property. */
static int lower_found(const struct type *type, JSValue found, uint8_t *to, int is_flat)
{
    JSGCRef found_ref;
    int failed;

    if (JS_IsException(found))
        return -1;
    JS_PUSH_VALUE(ctx, found);
    failed = lower(type, &found_ref.val, to, is_flat);
    JS_POP_VALUE(ctx, found);
    return failed;
}

static int lower_list(const struct type *element, JSValue *value, uint8_t *to, int is_flat)
{
    int class_id = JS_GetClassID(ctx, *value);
    uint32_t length;
    uint8_t *start;
    JSObject *object;

    if (class_id != JS_CLASS_ARRAY && (class_id < JS_CLASS_UINT8C_ARRAY || class_id > JS_CLASS_FLOAT64_ARRAY))
        return refuse("an array");
    object = JS_VALUE_TO_PTR(*value);
    length = class_id == JS_CLASS_ARRAY ? object->u.array.len : object->u.typed_array.len;
    if ((uint64_t)length * element->size > INT32_MAX)
        return refuse("an array that fits into the memory");
    /* Wider numbers are not bytes: what would be cut off of them is a mistake that nobody sees. */
    if (element->kind == KIND_U8 && class_id > JS_CLASS_UINT8_ARRAY)
        return refuse("an array of bytes");
    start = arena_allocate(element->align, length * element->size);
    if (class_id == array_class(element->kind))
        memcpy(start, elements_of(object), length * element->size);
    else
        for (uint32_t index = 0; index < length; index += 1)
            if (lower_found(element, JS_GetPropertyUint32(ctx, *value, index), start + index * element->size, 0))
                return -1;
    write_range(to, start, length, is_flat);
    return 0;
}

static int lower_tuple(const struct type *type, JSValue *value, uint8_t *to, int is_flat)
{
    if (JS_GetClassID(ctx, *value) != JS_CLASS_ARRAY)
        return refuse("an array");
    for (uint32_t index = 0; index < type->count; index += 1) {
        const struct field *field = &type->of.fields[index];
        JSValue item = JS_GetPropertyUint32(ctx, *value, index);

        if (lower_found(field->type, item, (uint8_t *)place_of(field, to, is_flat), is_flat))
            return -1;
    }
    return 0;
}

static int lower_record(const struct type *type, JSValue *value, uint8_t *to, int is_flat)
{
    if (!JS_IsObject(ctx, *value))
        return refuse("an object");
    for (uint32_t index = 0; index < type->count; index += 1) {
        const struct field *field = &type->of.fields[index];
        JSValue property = JS_GetPropertyStr(ctx, *value, field->name);

        if (lower_found(field->type, property, (uint8_t *)place_of(field, to, is_flat), is_flat))
            return -1;
    }
    return 0;
}

static int lower_flags(const struct type *type, JSValue *value, uint8_t *to, int is_flat)
{
    uint32_t bits = 0;

    if (!JS_IsObject(ctx, *value))
        return refuse("an object");
    for (uint32_t index = 0; index < type->count; index += 1) {
        JSValue flag = JS_GetPropertyStr(ctx, *value, type->of.alternatives[index].name);

        if (JS_IsException(flag))
            return -1;
        bits |= (uint32_t)JS_ToBool(ctx, flag) << index;
    }
    write(to, bits, type->size, is_flat);
    return 0;
}

/* The alternative of a name. Returns its index, or -1 with an exception. */
static int alternative_of(const struct type *type, JSValue name)
{
    JSCStringBuf short_text;
    const char *text;
    size_t length;

    if (!JS_IsString(ctx, name))
        return refuse("a name of an alternative");
    text = JS_ToCStringLen(ctx, &length, name, &short_text);
    for (uint32_t index = 0; index < type->count; index += 1) {
        const char *each = type->of.alternatives[index].name;

        if (strlen(each) == length && memcmp(each, text, length) == 0)
            return index;
    }
    return refuse("one of the alternatives that there are");
}

static int lower_alternative(const struct type *type, uint32_t which, JSValue *payload, uint8_t *to, int is_flat)
{
    const struct type *of = type->of.alternatives[which].type;

    write(to, which, type->discriminant, is_flat);
    return of == NULL ? 0 : lower(of, payload, (uint8_t *)payload_of(type, to, is_flat), is_flat);
}

/* { tag, val }. */
static int lower_tagged(const struct type *type, JSValue *value, uint8_t *to, int is_flat)
{
    JSGCRef payload_ref;
    JSValue payload;
    int which;

    if (!JS_IsObject(ctx, *value))
        return refuse("an object");
    payload = JS_GetPropertyStr(ctx, *value, "tag");
    if (JS_IsException(payload))
        return -1;
    which = alternative_of(type, payload);
    if (which < 0)
        return -1;
    payload = JS_GetPropertyStr(ctx, *value, "val");
    if (JS_IsException(payload))
        return -1;
    JS_PUSH_VALUE(ctx, payload);
    which = lower_alternative(type, which, &payload_ref.val, to, is_flat);
    JS_POP_VALUE(ctx, payload);
    return which;
}

static int lower_option(const struct type *type, JSValue *value, uint8_t *to, int is_flat)
{
    if (type->of.alternatives[1].type->kind == KIND_OPTION)
        return lower_tagged(type, value, to, is_flat);
    return lower_alternative(type, !JS_IsUndefined(*value) && !JS_IsNull(*value), value, to, is_flat);
}

static int lower_own(uint32_t index, JSValue *value, uint8_t *to, int is_flat)
{
    const struct resource *resource = &interface->resources[index];
    uint32_t handle;

    if (resource->is_own) {
        if (!JS_IsObject(ctx, *value))
            return refuse("an object");
        handle = keep_object(*value);
        if (handle == 0)
            return -1;
        handle = call_resource(resource->make, handle);
    } else {
        handle = handle_of(index, *value);
        if (handle == 0)
            return refuse("a resource of the host that is still there");
        JS_SetOpaque(ctx, *value, NULL);
    }
    write(to, handle, 4, is_flat);
    return 0;
}

static int lower_borrow(uint32_t index, JSValue *value, uint8_t *to, int is_flat)
{
    uint32_t handle = handle_of(index, *value);

    if (handle == 0)
        return refuse("a resource of the host that is still there");
    write(to, handle, 4, is_flat);
    return 0;
}

static int lower(const struct type *type, JSValue *value, uint8_t *to, int is_flat)
{
    int which;

    switch (type->kind) {
    case KIND_BOOL: write(to, JS_ToBool(ctx, *value), 1, is_flat); return 0;
    case KIND_S8:
    case KIND_U8:
    case KIND_S16:
    case KIND_U16:
    case KIND_S32:
    case KIND_U32: return lower_integer(type, value, to, is_flat);
    case KIND_S64:
    case KIND_U64:
    case KIND_F32:
    case KIND_F64: return lower_number(type, value, to, is_flat);
    case KIND_CHAR: return lower_code_point(value, to, is_flat);
    case KIND_STRING: return lower_string(value, to, is_flat);
    case KIND_LIST: return lower_list(type->of.element, value, to, is_flat);
    case KIND_RECORD: return lower_record(type, value, to, is_flat);
    case KIND_TUPLE: return lower_tuple(type, value, to, is_flat);
    case KIND_FLAGS: return lower_flags(type, value, to, is_flat);
    case KIND_OWN: return lower_own(type->of.resource, value, to, is_flat);
    case KIND_BORROW: return lower_borrow(type->of.resource, value, to, is_flat);
    case KIND_OPTION: return lower_option(type, value, to, is_flat);
    case KIND_ENUM:
        which = alternative_of(type, *value);
        if (which < 0)
            return -1;
        write(to, which, type->discriminant, is_flat);
        return 0;
    default: return lower_tagged(type, value, to, is_flat);
    }
}
