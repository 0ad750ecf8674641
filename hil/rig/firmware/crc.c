/*
 * CRC-32 (reflected polynomial 0xEDB88320), a byte at a time from two tables of sixteen.
 *
 * The table of a whole byte is linear, so its entry is that of the low nibble xor that of the high one: 128 bytes of
 * flash instead of 1024, and no 32-bit shifts by four, which this processor has to do one bit at a time.
 */
#include "crc.h"

#include "flash.h"

static const uint32_t LOW_NIBBLE[16] PROGMEM = {
    0x00000000, 0x77073096, 0xEE0E612C, 0x990951BA, 0x076DC419, 0x706AF48F, 0xE963A535, 0x9E6495A3,
    0x0EDB8832, 0x79DCB8A4, 0xE0D5E91E, 0x97D2D988, 0x09B64C2B, 0x7EB17CBD, 0xE7B82D07, 0x90BF1D91,
};

static const uint32_t HIGH_NIBBLE[16] PROGMEM = {
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
    0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
};

uint32_t crc_over(uint32_t sum, const void *bytes, uint8_t length) {
  const uint8_t *byte = bytes;
  while (length--) {
    const uint8_t index = (uint8_t)sum ^ *byte++;
    sum >>= 8;
    sum ^= pgm_read_dword(&LOW_NIBBLE[index & 0x0F]);
    sum ^= pgm_read_dword(&HIGH_NIBBLE[index >> 4]);
  }
  return sum;
}

uint32_t crc_of(const void *bytes, uint8_t length) { return ~crc_over(CRC_START, bytes, length); }
