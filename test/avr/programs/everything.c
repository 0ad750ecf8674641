/*
 * A little of everything at once: steps the motor every 50 ticks by Timer1, counts the encoder by pin changes,
 * answers each byte with a line (byte, encoder, voltage, starts kept in EEPROM) sent by interrupt, and sleeps in
 * between. 'h' hangs until the watchdog bites.
 */
#include "wire.h"

#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#define STARTS ((uint8_t *)5)

static const uint8_t pattern[4] = {5, 6, 10, 9};
static const int8_t turn[16] = {0, 1, -1, 0, -1, 0, 0, 1, 1, 0, 0, -1, 0, -1, 1, 0};
static volatile uint8_t line[64], head, tail, asked, phase;
static volatile int8_t encoder;

void early(void) __attribute__((naked, used, section(".init3")));
void early(void) {
  MCUSR = 0;
  wdt_disable();
}

ISR(TIMER1_COMPA_vect) {
  OCR1A += 50;
  phase = (phase + 1) & 3;
  PORTB = pattern[phase];
}

ISR(PCINT2_vect) {
  static uint8_t before;
  uint8_t now = (PIND >> 2) & 3;
  encoder += turn[(before << 2) | now];
  before = now;
}

ISR(USART_RX_vect) {
  asked = UDR0;
}

ISR(USART_UDRE_vect) {
  if (head == tail) {
    UCSR0B &= ~_BV(UDRIE0);
    return;
  }
  UDR0 = line[tail];
  tail = (tail + 1) & 63;
}

static void say(uint8_t byte) {
  line[head] = byte;
  head = (head + 1) & 63;
}

static void say_hex(uint8_t byte) {
  for (int8_t shift = 4; shift >= 0; shift -= 4) {
    uint8_t digit = (byte >> shift) & 15;
    say(digit < 10 ? '0' + digit : 'a' + digit - 10);
  }
}

static void answer(uint8_t byte) {
  ADCSRA |= _BV(ADSC);
  while (ADCSRA & _BV(ADSC)) {
  }
  say(byte);
  say_hex(encoder);
  say_hex(ADCL);
  say_hex(ADCH);
  say_hex(eeprom_read_byte(STARTS));
  say('\n');
  UCSR0B |= _BV(UDRIE0);
}

int main(void) {
  wire_open(_BV(TXEN0) | _BV(RXEN0) | _BV(RXCIE0));
  ADMUX = _BV(REFS0);
  ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
  DDRB = 15;
  PORTB = pattern[0];
  PCMSK2 = _BV(PCINT18) | _BV(PCINT19);
  PCICR = _BV(PCIE2);
  eeprom_write_byte(STARTS, eeprom_read_byte(STARTS) + 1);
  OCR1A = 50;
  TIMSK1 = _BV(OCIE1A);
  TCCR1B = _BV(CS12) | _BV(CS10);
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  wdt_enable(WDTO_60MS);
  sei();
  answer('>');
  for (;;) {
    wdt_reset();
    cli();
    if (!asked) {
      sei();
      sleep_cpu();
      continue;
    }
    uint8_t byte = asked;
    asked = 0;
    sei();
    while (byte == 'h') {
    }
    answer(byte);
  }
}
