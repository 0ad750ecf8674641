/* The serial line, by interrupts both ways. */
#ifndef PUMPBENCH_USART_H
#define PUMPBENCH_USART_H

#include <stdbool.h>
#include <stdint.h>

void usart_start(void);

/* Bytes that came in and found no room, in the receiver or behind it, mod 2^16. */
uint16_t usart_overruns(void);

/* Sends from where the bytes lie, which must stay as they are until usart_wait_sent() returns. */
void usart_send(const char *bytes, uint8_t length);

/* Whether there is more to hand to the transmitter. */
bool usart_sending(void);

/* Sleeps until there is no more. */
void usart_wait_sent(void);

#endif
