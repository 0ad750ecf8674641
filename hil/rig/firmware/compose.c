/*
 * Encoding of a frame in the place it is sent from: $LLSSTYPE,field,field*CCCCCCCC and a newline.
 *
 * The longest frame the rig can say is a SENSED of 144 bytes, every field at its longest. A write past the room would
 * be a mistake of this program, so it is dropped and the check, which covers what is there, tells the host.
 */
#include "compose.h"

#include "crc.h"
#include "usart.h"

enum { ROOM = 144, BODY = 3 };

static char text[ROOM];
static uint8_t length;

static const uint32_t POWERS_OF_TEN[] PROGMEM = {
    1000000000UL, 100000000UL, 10000000UL, 1000000UL, 100000UL, 10000UL, 1000UL, 100UL, 10UL, 1UL,
};

static void put(char c) {
  if (length < ROOM) text[length++] = c;
}

static void put_text(const char *word) {
  for (char c; (c = (char)pgm_read_byte(word)) != 0; word++) put(c);
}

static char hex_digit(uint8_t nibble) { return (char)(nibble < 10 ? '0' + nibble : 'A' + nibble - 10); }

static void put_hex(uint8_t byte) {
  put(hex_digit(byte >> 4));
  put(hex_digit(byte & 0x0F));
}

static void put_hex_long(uint32_t value) {
  put_hex((uint8_t)(value >> 24));
  put_hex((uint8_t)(value >> 16));
  put_hex((uint8_t)(value >> 8));
  put_hex((uint8_t)value);
}

/* By subtraction: cheaper than ten divisions here, and it needs no second buffer. */
static void put_decimal(uint32_t value) {
  uint8_t begun = 0;
  for (uint8_t place = 0; place < 10; place++) {
    const uint32_t power = pgm_read_dword(&POWERS_OF_TEN[place]);
    char digit = '0';
    while (value >= power) {
      value -= power;
      digit++;
    }
    if (digit != '0' || place == 9) begun = 1;
    if (begun) put(digit);
  }
}

void compose_begin(const char *type, uint8_t sequence) {
  usart_wait_sent();
  text[0] = '$';
  length = BODY;
  put_hex(sequence);
  put_text(type);
}

void compose_number(uint32_t value) {
  put(',');
  put_decimal(value);
}

void compose_signed(int32_t value) {
  put(',');
  if (value < 0) put('-');
  put_decimal(value < 0 ? -(uint32_t)value : (uint32_t)value);
}

void compose_hex(uint32_t value) {
  put(',');
  put_hex_long(value);
}

void compose_word(const char *word) {
  put(',');
  put_text(word);
}

void compose_token(const char *token) {
  put(',');
  while (*token != 0) put(*token++);
}

void compose_text(void) { put(','); }

void compose_code(uint8_t code) {
  if (code < 10) put((char)('0' + code));
  else if (code < 36) put((char)('A' + code - 10));
  else if (code < 62) put((char)('a' + code - 36));
  else put(code == 62 ? '.' : '_');
}

void compose_send(void) {
  const uint8_t end = length;
  length = 1;
  put_hex(end - BODY);
  length = end;
  const uint32_t check = crc_of(text + 1, end - 1);
  put('*');
  put_hex_long(check);
  put('\n');
  usart_send(text, length);
}
