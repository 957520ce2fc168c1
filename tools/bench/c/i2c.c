#include "i2c.h"

#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <sys/ioctl.h>

struct target i2c_open(const char *bus, uint16_t address)
{
    char path[64];
    snprintf(path, sizeof path, "/dev/i2c-%s", bus);
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        fail(path, errno);
    }
    return (struct target){ .file = file, .address = address };
}

static void transfer(struct target target, struct i2c_msg *messages, uint32_t count, const char *doing)
{
    struct i2c_rdwr_ioctl_data all = { .msgs = messages, .nmsgs = count };
    if (ioctl(target.file, I2C_RDWR, &all) != (int)count) {
        fail(doing, errno);
    }
}

void i2c_write(struct target target, const uint8_t *data, size_t length)
{
    struct i2c_msg message = { .addr = target.address, .len = (uint16_t)length, .buf = (uint8_t *)data };
    transfer(target, &message, 1, "writing");
}

void i2c_read_registers(struct target target, uint8_t first, uint8_t *data, size_t length)
{
    struct i2c_msg messages[] = {
        { .addr = target.address, .len = 1, .buf = &first },
        { .addr = target.address, .flags = I2C_M_RD, .len = (uint16_t)length, .buf = data },
    };
    transfer(target, messages, 2, "reading registers");
}

void i2c_write_register(struct target target, uint8_t address, uint8_t value)
{
    i2c_write(target, (uint8_t[]){ address, value }, 2);
}

uint8_t i2c_read_register(struct target target, uint8_t address)
{
    uint8_t value;
    i2c_read_registers(target, address, &value, 1);
    return value;
}

uint16_t unsigned16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

int16_t signed16(const uint8_t *bytes)
{
    return (int16_t)unsigned16(bytes);
}
