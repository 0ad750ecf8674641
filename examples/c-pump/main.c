/* The pump as a process: the bench is at standard input and output. */
#include <stdio.h>

#include "say.h"
#include "session.h"

void port_write(uint8_t byte) {
  putchar(byte);
}

int main(void) {
  int byte;
  while ((byte = getchar()) != EOF) {
    if (!session_take((uint8_t)byte)) break;
    if (byte == '\n') fflush(stdout);
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
