/* CRC-32 as zlib computes it: the check of every frame, of the stored identity, and the mixer of ids. */
#ifndef PUMPBENCH_CRC_H
#define PUMPBENCH_CRC_H

#include <stdint.h>

#define CRC_START 0xFFFFFFFFUL

/* Takes `length` more bytes into a sum begun with CRC_START; the complement of the last sum is the CRC. */
uint32_t crc_over(uint32_t sum, const void *bytes, uint8_t length);

/* CRC of one run of bytes. */
uint32_t crc_of(const void *bytes, uint8_t length);

#endif
