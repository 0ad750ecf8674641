/** The commands about what stands on the bench: rigs, boards, ports, balances, and a pump to talk to. */
import { Option } from 'commander'
import { type CommandLine, inBench, STATUSES } from '#scripts/command-line/line'
import { count, ppm, programmer, seed, tags } from '#scripts/command-line/values'

const SERVING = `
It serves one client at a time and refuses a second one. Ctrl-C ends it.

Exit status:
  0  it was ended
  2  it cannot be served as asked`

const FLASHING = `
Exit status:
  0  the board answers with the firmware of this version
  2  nothing was written: no such port, held by another program, or no avrdude
  3  avrdude failed, or something else answers
  130  interrupted`

const MONITORING = `
Opening a session stops the motor and drops what it was to do; --listen opens none.

Exit status:
  0  it was ended, or has shown its lines
  2  what it was to listen to makes no sense
  3  it could not be opened, or the rig is of another version`

/** Defines `calibrate`. */
export function defineCalibrate({ command, sub, end }: CommandLine): void {
  sub('calibrate', 'turn the motor onto a balance, and write what one step truly moves as a rig file')
    .requiredOption('--out <file>', 'the rig file to write')
    .option('--force', 'write over a rig file that is there')
    .option('--rig <rig>', 'what turns the motor: avr, ideal, serial:PATH or tcp:HOST:PORT', 'avr')
    .option('--balance <balance>', 'sim, or serial:PATH of the port it is on', 'sim')
    .option('--certificate <number>', 'of the balance, for the rig file')
    .option('--date <day>', 'the day of the calibration (default: today)')
    .option('--due <day>', 'the last day on which it holds (default: a year)')
    .option('--runs <n>', 'how often the motor is turned (default: 10)', count('a number of runs', 5, 100))
    .option('--steps <n>', 'motor steps of a run (default: 2000)', count('a number of steps', 100, 100_000))
    .option('--temperature <t>', 'of the fluid, 0 to 40 degC (default: 20 degC)')
    .option('--temperature-uncertainty <t>', 'standard uncertainty of it (default: 0.2 degC)')
    .option('--density <d>', 'of the fluid, such as 998.2 mg/mL (default: that of water)')
    .option('--density-uncertainty <d>', 'standard uncertainty of it')
    .option('--linearity <mass>', 'largest deviation of the balance from a straight line (default: 0.05 mg)')
    .option('--sensitivity <part>', 'largest relative error of its scale (default: 3 ppm)')
    .option('--seed <n>', 'chance on the simulated bench', seed)
    .option('--sim <key=value>', 'what is true on the simulated bench, and what disturbs it; again for more', tags)
    .option('--quiet', 'print nothing but mistakes')
    .addHelpText('after', STATUSES)
    .action(async (options: { readonly out: string; readonly rig?: string }) => {
      const given = await inBench(command, [''], options)
      const { calibrateCommand } = await import('#scripts/commands/calibrate')
      end(await calibrateCommand(given.options))
    })
}

/** Defines `rig`. */
export function defineRig({ sub, end }: CommandLine): void {
  sub('rig', 'serve the emulated rig in real time, for programs that want a board: on a socket or a pseudo-terminal')
    .option('--tcp <port>', 'serve it at this port of this machine; 0 for a free one', count('a port', 0, 65_535))
    .option('--host <address>', 'let others than this machine come too, at this address of it (default: 127.0.0.1)')
    .option('--pty [link]', 'serve it on a pseudo-terminal, under this name if given; needs socat')
    .option('--eeprom <file>', 'what the chip stores, its name and the count of its starts, is kept here')
    .option('--clock-ppm <n>', 'how much faster its crystal is than it should be, from -50000 to 50000', ppm)
    .option('--reset-on-connect', 'whoever connects presses reset, as whoever opens the port of an Uno does')
    .option('--steps <file>', 'write every step of the rotor as CSV, as it is made')
    .addHelpText('after', SERVING)
    .action(async (options: Record<string, never>) => {
      const { rigCommand } = await import('#scripts/commands/rig')
      end(await rigCommand(options))
    })
}

/** Defines `serve`. */
export function defineServe({ sub, end }: CommandLine): void {
  sub(
    'serve',
    'serve our pump model to whoever wants a pump: on standard input and output, a socket or a pseudo-terminal',
  )
    .option('--stdio', 'on standard input and output, until the input ends')
    .option('--tcp <port>', 'at this port of this machine; 0 for a free one', count('a port', 0, 65_535))
    .option('--pty [link]', 'on a pseudo-terminal, under this name if given; needs socat')
    .option('--real-time', 'it runs by the clock of this machine and turns its own motor; else time is virtual')
    .option(
      '--back-door <port>',
      'with --real-time: faults come in at this port of this machine, a line each; 0 for a free one',
      count('a port', 0, 65_535),
    )
    .option('--pump-model <model>', 'whose figures hold until the bench sends others (default: im-20)')
    .addHelpText('after', SERVING)
    .action(async (options: Record<string, never>) => {
      const { serveCommand } = await import('#scripts/commands/serve')
      end(await serveCommand(options))
    })
}

/** Defines `monitor`. */
export function defineMonitor({ command, sub, end }: CommandLine): void {
  sub('monitor', 'show what a rig says, live, with the time of this machine and the tick of the rig, until Ctrl-C')
    .option('--rig <rig>', 'serial:PATH, serial:usb:VID:PID, tcp:HOST:PORT, or a name of pumpbench.yaml')
    .option('--port <port>', 'a port, or usb:VID:PID as ports has it: the same as --rig serial:PORT')
    .option('--every <s>', 'ask for the counters each so many seconds (default: 1)', count('seconds', 1, 3600))
    .option('--listen', 'send nothing, not even HELLO: show only what the rig says by itself')
    .option('--sent', 'show what is sent, too')
    .option('--lines <n>', 'end after so many lines', count('a number of lines', 1, 999_999))
    .addHelpText('after', MONITORING)
    .action(async (options: { readonly rig?: string }) => {
      const given = await inBench(command, [''], options)
      const { monitorCommand } = await import('#scripts/commands/monitor')
      end(await monitorCommand(given.options))
    })
}

/** Defines `ports`. */
export function definePorts({ sub, end }: CommandLine): void {
  sub('ports', 'list the serial ports of this machine: what is on them, who holds them, and which is a rig')
    .option('--probe', 'ask each port that is free who is there; opening it resets an Uno, and stops its motor')
    .option('--json', 'print it as JSON')
    .action(async (options: Record<string, never>) => {
      const { portsCommand } = await import('#scripts/commands/ports')
      end(await portsCommand(options))
    })
}

/** Defines `flash`. */
export function defineFlash({ sub, end }: CommandLine): void {
  sub('flash', 'write the rig firmware of this version to a board with avrdude, and ask the board for it')
    .requiredOption('--port <port>', 'where the board is: a port, or usb:VID:PID or usb:VID:PID:SERIAL as ports has it')
    .addOption(
      new Option('--board <board>', 'which board, for the speed of its boot loader; nano-old is one of before 2018')
        .choices(['uno', 'nano', 'nano-old'])
        .default('uno'),
    )
    .option('--baud <n>', 'another speed than that of the board', count('a speed', 300, 921_600))
    .option('--programmer <name>', 'as avrdude has it, such as usbasp (default: arduino, the boot loader)', programmer)
    .option('--avrdude <path>', 'where avrdude is, if it is not on the path')
    .addHelpText('after', FLASHING)
    .action(async (options: { readonly port: string }) => {
      const { flashCommand } = await import('#scripts/commands/flash')
      end(await flashCommand(options))
    })
}

/** Defines `balance`. */
export function defineBalance({ sub, end }: CommandLine): void {
  sub('balance <where>', 'ask the balance at serial:PATH for its serial number and some weights')
    .option('--readings <n>', 'how many weights (default: 5)', count('a number of readings', 1, 1000))
    .option('--baud <n>', 'speed of the port (default: 9600)', count('a speed', 300, 921_600))
    .action(async (where: string, options: Record<string, never>) => {
      const { balanceCommand } = await import('#scripts/commands/balance')
      end(await balanceCommand(where, options))
    })
}
