/*
 * Four seven-segment digits behind an HT16K33 at 0x70, without a driver: "ht16k33 BUS" shows 1234.
 *
 * Data sheet: "HT16K33 RAM Mapping 16*8 LED Controller Driver with keyscan", revision 1.10, "Command Summary"; the digits are
 * wired as on Adafruit's 0.56" backpack.
 */
#include "i2c.h"
#include "program.h"

#include <stdio.h>

enum {
    DISPLAY_DATA = 0x00,
    OSCILLATOR_ON = 0x21,
    DISPLAY_ON = 0x81,
    ROW_OUTPUT = 0xa0,
    BRIGHTEST = 0xef,
};

static void command(struct target display, uint8_t byte)
{
    i2c_write(display, &byte, 1);
}

static void show(struct target display, const uint8_t digits[4])
{
    uint8_t ram[17] = { DISPLAY_DATA, digits[0], 0, digits[1], 0, 0, 0, digits[2], 0, digits[3] };
    i2c_write(display, ram, sizeof ram);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fail("give a bus", 0);
    }
    struct target display = i2c_open(arguments[1], 0x70);
    command(display, OSCILLATOR_ON);
    command(display, ROW_OUTPUT);
    command(display, BRIGHTEST);
    /* At power-on the RAM holds anything. */
    show(display, (const uint8_t[4]){ 0 });
    command(display, DISPLAY_ON);
    show(display, (const uint8_t[4]){ 0x06, 0x5b, 0x4f, 0x66 });
    puts("1234");
    return 0;
}
