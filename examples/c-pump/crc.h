/* The sum of a frame and of a program: the CRC-32 of zlib and Ethernet (docs/PROTOCOL.md, section 1). */
#ifndef C_PUMP_CRC_H
#define C_PUMP_CRC_H

#include <stdint.h>

/* Before the first byte. */
#define CRC_START 0xFFFFFFFFUL

/* With one byte more. */
uint32_t crc_with(uint32_t crc, uint8_t byte);

/* After the last byte. */
#define CRC_END(crc) ((uint32_t)((crc) ^ 0xFFFFFFFFUL))

#endif
