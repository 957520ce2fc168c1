/* The few functions of C's library that are no instruction. */

#include <string.h>

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *one = left, *other = right;

    for (size_t at = 0; at < size; at += 1)
        if (one[at] != other[at])
            return one[at] - other[at];
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != 0)
        length += 1;
    return length;
}
