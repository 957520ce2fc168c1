"""What a user would take instead: RPi.bme280 over the registers that a board file simulates.

read_bme280.py read BOARD prints one reading; run BOARD prints one every half second; reading BOARD prints the processor time of a
reading in microseconds. What the chip takes to measure is left out everywhere.
"""

import json
import sys
import time

import bme280

READINGS = 5_000


class Registers:
    """As much of smbus2's SMBus as the library uses, over registers at rest."""

    def __init__(self, board):
        self.bytes = bytearray(256)
        for first, values in board["simulate"][0]["registers"].items():
            content = bytes.fromhex(values)
            start = int(first, 16)
            self.bytes[start : start + len(content)] = content

    def read_byte_data(self, _address, register):
        return self.bytes[register]

    def read_word_data(self, _address, register):
        return int.from_bytes(self.bytes[register : register + 2], "little")

    def read_i2c_block_data(self, _address, register, length):
        return list(self.bytes[register : register + length])

    def write_byte_data(self, _address, register, value):
        self.bytes[register] = value


def read_often(sample):
    for _ in range(READINGS):
        sample()


def main(what, path):
    with open(path, encoding="utf-8") as file:
        bus = Registers(json.load(file))
    pause, time.sleep = time.sleep, lambda _seconds: None
    parameters = bme280.load_calibration_params(bus)

    def sample():
        return bme280.sample(bus, compensation_params=parameters)

    if what == "reading":
        read_often(sample)
        before = time.process_time()
        read_often(sample)
        print((time.process_time() - before) / READINGS * 1e6)
    while what in ("read", "run"):
        print(sample(), flush=True)
        if what == "read":
            break
        pause(0.5)


main(*sys.argv[1:])
