/*
 * The rig on simavr: a second emulator, whose authors are others, runs the same image of the firmware.
 *
 *   rig script IMAGE        stands in virtual time. Standard input has lines, with cycles that never go back:
 *                             U CYCLE BYTE   a byte begins on the line to the chip
 *                             E CYCLE        the end
 *                           Standard output has what happened:
 *                             C CYCLE COILS  the coils, PB3..PB0, after a change
 *                             T CYCLE BYTE   a byte the chip has sent
 *                             Z CYCLE        its clock, Timer1, has begun to run
 *   rig paced IMAGE EDGES   goes with the clock on the wall, for ever or until standard input ends. Standard input and
 *                           output are the line; the lines C and Z go to the file EDGES. With a fourth argument, an address,
 *                           the processor starts there, as with a bootloader.
 *
 * Around the chip is the board: a motor that follows its coils 400 us later, the encoder on its shaft, a cell of 2900 mV.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_adc.h>
#include <simavr/avr_extint.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_hex.h>

#define CLOCK_Hz 16000000
#define CELL_mV 2900
#define TCCR1B_address 0x81
#define CLOCK_SELECT 0x07
#define TURN_cycles (CLOCK_Hz / 1000000 * 400)

/* Longest that the chip runs before the line is looked at again: 250 us. */
#define SLICE_cycles 4000
/* A chip that has fallen behind the wall by more than this catches up no further: 5 s. */
#define BEHIND_cycles (5 * (uint64_t)CLOCK_Hz)

static avr_t *avr;
static FILE *edges;
static bool paced;

/* Time spent asleep is virtual: it is skipped. */
static void skip(avr_t *chip, avr_cycle_count_t cycles) { (void)chip, (void)cycles; }

static avr_irq_t *pin(char port, int bit) { return avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(port), bit); }

/* Where the rotor is, in steps; the encoder shows it on PD2 and PD3 as a Gray code, one transition a step. */
static int position;

static void show(int step) {
  const int quarter = step & 3, gray = quarter ^ quarter >> 1;
  /* Stronger than the pull-ups of the chip. */
  avr_ioport_external_t outside = {.name = 'D', .mask = 0xC, .value = gray << 2};
  avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL('D'), &outside);
  avr_raise_irq(pin('D', 2), gray & 1);
  avr_raise_irq(pin('D', 3), gray >> 1);
}

static avr_cycle_count_t turned(avr_t *chip, avr_cycle_count_t when, void *step) {
  (void)chip, (void)when;
  show((int)(intptr_t)step);
  return 0;
}

static void coils_changed(avr_irq_t *irq, uint32_t value, void *unused) {
  static uint32_t coils;
  static const uint8_t FIELD[4] = {0x5, 0x6, 0xA, 0x9};
  (void)irq, (void)unused;
  value &= 0xF;
  if (value == coils) return;
  coils = value;
  fprintf(edges, "C %" PRIu64 " %" PRIu32 "\n", avr->cycle, coils);
  if (paced) fflush(edges);
  for (int phase = 0; phase < 4; phase++) {
    if (FIELD[phase] != coils) continue;
    const int ahead = (phase - position) & 3;
    /* A field on the other side of the rotor moves it nowhere. */
    if (ahead == 2 || ahead == 0) return;
    position += ahead == 1 ? 1 : -1;
    avr_cycle_timer_register(avr, TURN_cycles, turned, (void *)(intptr_t)position);
  }
}

static void sent(avr_irq_t *irq, uint32_t value, void *unused) {
  (void)irq, (void)unused;
  if (!paced) {
    printf("T %" PRIu64 " %" PRIu32 "\n", avr->cycle, value);
    return;
  }
  const uint8_t byte = (uint8_t)value;
  while (write(STDOUT_FILENO, &byte, 1) < 0) {
    /* Nobody reads: as on a wire, the byte is gone. */
    if (errno != EINTR) return;
  }
}

static void start(const char *image, uint32_t address) {
  uint32_t size, base;
  uint8_t *bytes = read_ihex_file(image, &size, &base);
  if (!bytes) {
    fprintf(stderr, "%s is no hex file\n", image);
    exit(2);
  }
  avr = avr_make_mcu_by_name("atmega328p");
  avr_init(avr);
  avr->frequency = CLOCK_Hz;
  avr->vcc = avr->avcc = avr->aref = 5000;
  avr->log = LOG_ERROR;
  avr->sleep = skip;
  memset(avr->flash, 0xFF, avr->flashend + 1);
  memcpy(avr->flash + base, bytes, size);
  free(bytes);
  avr->pc = address;
  avr->reset_pc = address;
  avr->codeend = avr->flashend;

  uint32_t flags = 0;
  avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
  flags &= ~(uint32_t)(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  /* Or a low encoder is looked at each cycle for an interrupt that nobody has enabled. */
  for (uint8_t number = 0; number < 2; number++) avr_extint_set_strict_lvl_trig(avr, number, 0);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), sent, NULL);
  avr_irq_register_notify(pin('B', IOPORT_IRQ_PIN_ALL), coils_changed, NULL);
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0), CELL_mV);
  show(0);
}

static avr_cycle_count_t wake(avr_t *chip, avr_cycle_count_t when, void *unused) {
  (void)chip, (void)when, (void)unused;
  return 0;
}

/*
 * After SEI one more instruction is executed before an interrupt is served (ATmega328P datasheet, 7.7). simavr 1.6 lets two
 * pass, so that one which has come before `sei; sleep; cli` is never served.
 */
static void shield_one(void) {
  if (avr->interrupt_state == -1) avr->interrupt_state = avr_has_pending_interrupts(avr);
}

/* Says when the clock of the firmware begins. */
static void watch_clock(void) {
  static bool running;
  if (running || (avr->data[TCCR1B_address] & CLOCK_SELECT) == 0) return;
  running = true;
  fprintf(edges, "Z %" PRIu64 "\n", avr->cycle);
  if (paced) fflush(edges);
}

/*
 * Lets the chip run to the cycle, or a few cycles beyond if an instruction takes so long. A chip asleep goes on to the next
 * alarm at one stride; the one that is set here must not ring, or that stride would begin before anybody has looked.
 */
static void run_to(uint64_t cycle) {
  if (cycle <= avr->cycle) return;
  avr_cycle_timer_register(avr, cycle - avr->cycle, wake, NULL);
  while (avr->cycle < cycle) {
    const int state = avr_run(avr);
    watch_clock();
    shield_one();
    if (state != cpu_Done && state != cpu_Crashed) continue;
    fprintf(stderr, "the processor gave up at cycle %" PRIu64 "\n", avr->cycle);
    exit(1);
  }
  avr_cycle_timer_cancel(avr, wake, NULL);
}

static void receive(uint32_t byte) {
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), byte);
}

static int by_script(void) {
  char kind;
  uint64_t cycle;
  while (scanf(" %c %" SCNu64, &kind, &cycle) == 2) {
    uint32_t byte = 0;
    if (kind == 'U' && scanf("%" SCNu32, &byte) != 1) break;
    run_to(cycle);
    if (kind == 'U') receive(byte);
    else if (kind == 'E') return 0;
    else break;
  }
  fprintf(stderr, "a line of the script cannot be read\n");
  return 2;
}

static uint64_t wall_cycles(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * CLOCK_Hz + (uint64_t)now.tv_nsec * (CLOCK_Hz / 1000000) / 1000;
}

static int by_wall(void) {
  uint64_t zero = wall_cycles() - avr->cycle;
  const uint64_t frame_cycles = 1360;
  uint8_t waiting[4096];
  size_t held = 0, given = 0;
  uint64_t line_free = 0;
  fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
  for (;;) {
    if (given == held) {
      const ssize_t got = read(STDIN_FILENO, waiting, sizeof waiting);
      if (got == 0) return 0;
      given = 0;
      held = got > 0 ? (size_t)got : 0;
    }
    /* A byte a frame, as on a line at 115200 baud. */
    if (given < held && line_free <= avr->cycle) {
      receive(waiting[given++]);
      line_free = avr->cycle + frame_cycles;
    }
    uint64_t now = wall_cycles() - zero;
    if (now > avr->cycle + BEHIND_cycles) {
      zero += now - avr->cycle - BEHIND_cycles;
      now = avr->cycle + BEHIND_cycles;
    }
    if (now > avr->cycle) {
      uint64_t until = avr->cycle + SLICE_cycles;
      if (given < held && line_free < until) until = line_free;
      run_to(until < now ? until : now);
      continue;
    }
    struct pollfd line = {.fd = STDIN_FILENO, .events = POLLIN};
    poll(&line, given == held ? 1 : 0, 1);
  }
}

int main(int count, char **words) {
  const bool script = count == 3 && strcmp(words[1], "script") == 0;
  paced = (count == 4 || count == 5) && strcmp(words[1], "paced") == 0;
  if (!script && !paced) {
    fprintf(stderr, "rig script IMAGE | rig paced IMAGE EDGES [ADDRESS]\n");
    return 2;
  }
  edges = paced ? fopen(words[3], "w") : stdout;
  if (!edges) {
    perror(words[3]);
    return 2;
  }
  start(words[2], count == 5 ? (uint32_t)strtoul(words[4], NULL, 0) : 0);
  return paced ? by_wall() : by_script();
}
