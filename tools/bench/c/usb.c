/*
 * Transfers over libusb without a component, each with its own buffer and a time limit, several under way together as the
 * drivers do it: "usb echo VENDOR PRODUCT INTERFACE COUNT" prints the microseconds of a round trip of 32 bytes; "usb disk VENDOR
 * PRODUCT INTERFACE KIB QUEUE" those of one of the reads that bring 8 MiB, of so many KiB, with so many commands under way.
 * Numbers of a device are hexadecimal. A second number is the most memory that the process has had, in KiB.
 *
 * libusb 1.0, "Asynchronous device I/O"; "USB Mass Storage Class, Bulk-Only Transport" 1.0; READ (10) of SBC-3.
 */
#include "program.h"

#include <libusb-1.0/libusb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 512, TRIP_BYTES = 32, TIMEOUT_MS = 60000, MOST_UNDER_WAY = 8 };
enum { COMMAND_BYTES = 31, STATUS_BYTES = 13, PACKET_BYTES = 512 };
static const long total_bytes = 8L << 20;

static libusb_device_handle *device;
static uint8_t in, out;

static void check(int answer, const char *doing)
{
    if (answer < 0) {
        fprintf(stderr, "%s: %s\n", doing, libusb_error_name(answer));
        exit(1);
    }
}

/* Takes an interface, and finds its bulk endpoints. */
static void claim(uint16_t vendor, uint16_t product, int number)
{
    check(libusb_init(NULL), "starting libusb");
    device = libusb_open_device_with_vid_pid(NULL, vendor, product);
    if (device == NULL) {
        fail("the device is not there, or may not be opened", 0);
    }
    libusb_set_auto_detach_kernel_driver(device, 1);
    check(libusb_claim_interface(device, number), "claiming the interface");
    struct libusb_config_descriptor *configuration;
    check(libusb_get_active_config_descriptor(libusb_get_device(device), &configuration), "reading the configuration");
    const struct libusb_interface_descriptor *interface = configuration->interface[number].altsetting;
    for (int index = 0; index < interface->bNumEndpoints; index += 1) {
        const struct libusb_endpoint_descriptor *each = &interface->endpoint[index];
        if ((each->bmAttributes & 3) == LIBUSB_TRANSFER_TYPE_BULK) {
            *(each->bEndpointAddress & LIBUSB_ENDPOINT_IN ? &in : &out) = each->bEndpointAddress;
        }
    }
    libusb_free_config_descriptor(configuration);
}

/* A transfer that is used again and again, and its buffer. */
struct flight {
    struct libusb_transfer *transfer;
    int has_ended;
};

static void LIBUSB_CALL ended(struct libusb_transfer *transfer)
{
    *(int *)transfer->user_data = 1;
}

static void prepare(struct flight *flight, uint8_t endpoint, int length)
{
    flight->transfer = libusb_alloc_transfer(0);
    uint8_t *buffer = calloc(1, (size_t)length);
    if (flight->transfer == NULL || buffer == NULL) {
        fail("there is no memory", 0);
    }
    libusb_fill_bulk_transfer(flight->transfer, device, endpoint, buffer, length, ended, &flight->has_ended, TIMEOUT_MS);
}

static void submit(struct flight *flight)
{
    flight->has_ended = 0;
    check(libusb_submit_transfer(flight->transfer), "submitting a transfer");
}

static void wait_for(struct flight *flight, int length)
{
    while (!flight->has_ended) {
        check(libusb_handle_events_completed(NULL, &flight->has_ended), "waiting for a transfer");
    }
    if (flight->transfer->status != LIBUSB_TRANSFER_COMPLETED || flight->transfer->actual_length != length) {
        fail("a transfer did not bring what it was to bring", 0);
    }
}

static double echo(long count)
{
    struct flight reading, writing;
    prepare(&reading, in, PACKET_BYTES);
    prepare(&writing, out, TRIP_BYTES);
    memset(writing.transfer->buffer, 0x5a, TRIP_BYTES);
    double start = now_us();
    for (long done = 0; done < count; done += 1) {
        submit(&reading);
        submit(&writing);
        wait_for(&writing, TRIP_BYTES);
        wait_for(&reading, TRIP_BYTES);
        if (memcmp(reading.transfer->buffer, writing.transfer->buffer, TRIP_BYTES) != 0) {
            fail("the echo sent other bytes back", 0);
        }
    }
    return (now_us() - start) / (double)count;
}

/* A command, its data and its status: all three are submitted together. */
struct command {
    struct flight wrapper, data, status;
};

static void put_little_endian(uint8_t *to, uint32_t value)
{
    for (int byte = 0; byte < 4; byte += 1) {
        to[byte] = (uint8_t)(value >> 8 * byte);
    }
}

/* BOT table 5.1 and SBC-3 section 5.11; the first block is the tag, too. */
static void begin_reading(struct command *command, uint32_t first_block, uint32_t length)
{
    uint8_t *wrapper = command->wrapper.transfer->buffer;
    uint32_t blocks = length / BLOCK_BYTES;
    memset(wrapper, 0, COMMAND_BYTES);
    memcpy(wrapper, "USBC", 4);
    put_little_endian(wrapper + 4, first_block);
    put_little_endian(wrapper + 8, length);
    wrapper[12] = LIBUSB_ENDPOINT_IN;
    wrapper[14] = 10;
    uint8_t *block = wrapper + 15;
    block[0] = 0x28;
    block[2] = (uint8_t)(first_block >> 24);
    block[3] = (uint8_t)(first_block >> 16);
    block[4] = (uint8_t)(first_block >> 8);
    block[5] = (uint8_t)first_block;
    block[7] = (uint8_t)(blocks >> 8);
    block[8] = (uint8_t)blocks;
    submit(&command->wrapper);
    submit(&command->data);
    submit(&command->status);
}

static void end_reading(struct command *command, int length)
{
    wait_for(&command->wrapper, COMMAND_BYTES);
    wait_for(&command->data, length);
    wait_for(&command->status, STATUS_BYTES);
    if (command->status.transfer->buffer[12] != 0) {
        fail("the disk failed a command", 0);
    }
}

static double disk(int length, int queue)
{
    struct command commands[MOST_UNDER_WAY];
    for (int index = 0; index < queue; index += 1) {
        prepare(&commands[index].wrapper, out, COMMAND_BYTES);
        prepare(&commands[index].data, in, length);
        /* A whole packet, so that a device that sends more than a status makes no overflow. */
        prepare(&commands[index].status, in, PACKET_BYTES);
    }
    long count = total_bytes / length, begun = 0;
    double start = now_us();
    for (long done = 0; done < count; done += 1) {
        for (; begun < count && begun < done + queue; begun += 1) {
            begin_reading(&commands[begun % queue], (uint32_t)(begun * length / BLOCK_BYTES), (uint32_t)length);
        }
        end_reading(&commands[done % queue], length);
    }
    return (now_us() - start) / (double)count;
}

int main(int count, char **arguments)
{
    bool is_echo = count == 6 && strcmp(arguments[1], "echo") == 0;
    bool is_disk = count == 7 && strcmp(arguments[1], "disk") == 0;
    if (!is_echo && !is_disk) {
        fail("give echo VENDOR PRODUCT INTERFACE COUNT, or disk VENDOR PRODUCT INTERFACE KIB QUEUE", 0);
    }
    int number = (int)strtol(arguments[4], NULL, 10);
    claim((uint16_t)strtol(arguments[2], NULL, 16), (uint16_t)strtol(arguments[3], NULL, 16), number);
    int first = (int)strtol(arguments[5], NULL, 10);
    if (is_disk) {
        int queue = (int)strtol(arguments[6], NULL, 10);
        if (first < 1 || queue < 1 || queue > MOST_UNDER_WAY) {
            fail("that is no length, or no number of commands", 0);
        }
        printf("%.3f", disk(first << 10, queue));
    } else {
        printf("%.3f", echo(first));
    }
    printf(" %ld\n", peak_kib());
    libusb_release_interface(device, number);
    libusb_close(device);
    libusb_exit(NULL);
    return 0;
}
