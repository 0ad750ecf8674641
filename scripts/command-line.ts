/**
 * The command line of `pumpbench`: what there is to call, with what options, and what exit status follows.
 *
 * Only the command that is called is loaded, so that help and mistakes answer at once.
 */
import { debuglog } from 'node:util'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Window, windowOf } from '#hil/report/window'
import type { Shard } from '#scripts/commands/selection'
import { EXIT, type ExitStatus } from '#scripts/exit'
import type { Extra } from '#scripts/record'
import { version } from '#scripts/version'

const LARGEST_SEED = 2 ** 32 - 1

function seed(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > LARGEST_SEED) {
    throw new InvalidArgumentError(`a seed is a whole number from 0 to ${LARGEST_SEED}.`)
  }
  return value
}

const LEAST_SPEED = 0.01

function speed(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0) throw new InvalidArgumentError('a speed is a number above zero.')
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text) || value < LEAST_SPEED) {
    throw new InvalidArgumentError(`a speed is from ${LEAST_SPEED} to 99999, with at most three decimals.`)
  }
  return value
}

/** Attempts and threads beyond which more would help nobody. */
const MOST_RETRIES = 10
const MOST_JOBS = 64
const MOST_SHARDS = 10_000

/** Reads a whole number of an option, within bounds. */
function count(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d{1,6}$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`${what} is a whole number from ${least} to ${most}.`)
  }
}

function shard(text: string): Shard {
  const [, index, total] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  const [one, all] = [Number(index), Number(total)]
  if (index !== undefined && one >= 1 && one <= all && all <= MOST_SHARDS) return { index: one, count: all }
  throw new InvalidArgumentError(`a shard is written i/n, from 1/n to n/n, such as 2/3; n is at most ${MOST_SHARDS}.`)
}

function window(text: string): Window {
  const read = windowOf(text)
  if (typeof read === 'string') throw new InvalidArgumentError(`${read}.`)
  return read
}

/** Tables and waveforms, which run and replay can both write. */
function withViews(command: Command, where: string): Command {
  return command
    .option('--csv <file>', `write the samples of the three ledgers as CSV${where}`)
    .option('--csv-events <file>', `write what happened as CSV${where}`)
    .option('--csv-steps <file>', `write every step of the rotor as CSV${where}`)
    .option('--vcd <file>', `write waveforms as a value change dump, for GTKWave${where}`)
    .option('--window <from..to>', 'show only this part in --csv-steps and --vcd, such as 3d..3d2h', window)
}

/** What a record may hold that is not always wanted: it is large. */
const EXTRAS: readonly Extra[] = ['vcd', 'steps']

function extra(text: string, earlier: readonly Extra[] = []): readonly Extra[] {
  const known = EXTRAS.find((one) => one === text)
  if (known === undefined) throw new InvalidArgumentError(`a record can include ${EXTRAS.join(' and ')}.`)
  return [...earlier, known]
}

function tags(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text]
}

/** A crystal that is off by more would be read by no line. */
const MOST_ppm = 50_000

function ppm(text: string): number {
  const value = Number(text)
  if (/^-?\d{1,5}$/.test(text) && Math.abs(value) <= MOST_ppm) return value
  throw new InvalidArgumentError(`parts per million are a whole number from -${MOST_ppm} to ${MOST_ppm}.`)
}

const SERVING = `
It serves one client at a time and refuses a second one. Ctrl-C ends it.

Exit status:
  0  it was ended
  2  it cannot be served as asked`

function programmer(text: string): string {
  if (/^[A-Za-z0-9][\w.+-]{0,40}$/.test(text)) return text
  throw new InvalidArgumentError('a programmer is a name such as arduino or usbasp.')
}

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

const EXPLORING = `
Exit status:
  0    nothing was found
  1    an invariant was broken, or a site was never visited that has to be
  2    invalid usage; nothing ran
  3    something that was found could not be written
  130  interrupted; --from goes on`

const COMPARING = `
A pump is named as for run --pump: model, exec:COMMAND, tcp:HOST:PORT or serial:PATH.

Exit status:
  0  the pumps are the same on every scenario
  1  they part on some scenario
  2  invalid input or usage; nothing ran
  3  a run broke off, or a scenario was skipped (unless --allow-skipped)
  130  interrupted`

const STATUSES = `
Exit status:
  0  every verdict is pass
  1  some verdict is fail, or a check that passed in the baseline no longer does
  2  invalid input or usage; nothing ran
  3  some verdict is inconclusive, the rig failed, a record could not be kept, or a scenario was skipped
     (unless --allow-skipped)
  130  interrupted`

const MATRIX_STATUSES = `
Exit status:
  0  every cell was run, or has no place for its fault
  1  a detector is later than in the baseline, or vanished
  2  invalid input or usage; nothing ran
  3  nothing is shown of some cell: not carried by the rig, never fired, changed nothing, or broke off
  130  interrupted`

/** The commands; `end` is told the exit status of the one that is called. */
function program(end: (status: ExitStatus) => void): Command {
  const command = new Command('pumpbench')
    .description(
      'Runs an implantable drug pump against a rig and proves whether what was delivered is what was prescribed.',
    )
    .version(version, '-V, --version')
    .addHelpText('after', STATUSES)
    .exitOverride()
    .showHelpAfterError('(--help lists the commands and their options)')
    .enablePositionalOptions()
  const sub = (usage: string, description: string) => command.command(usage).description(description).exitOverride()

  const running = sub('run [paths...]', 'run scenario files, or every scenario of a folder, and judge them')
    .option(
      '--rig <rig>',
      'what turns the motor: avr (machine code on an emulated controller), ideal (in process), serial:PATH or tcp:HOST:PORT (a board)',
      'avr',
    )
    .option('--rig-file <file>', 'what was measured of the rig: its true step volume, by what, and until when')
    .option('--date <day>', 'the day of the run, which a calibration has to cover (default: today)')
    .option(
      '--pump <pump>',
      'the firmware under test: model, a pump on a wire: exec:COMMAND, tcp:HOST:PORT or serial:PATH, or avr:IMAGE.hex (machine code of an ATmega328P, emulated)',
      'model',
    )
    .addOption(
      new Option(
        '--sense <lines>',
        'the rig looks on while the pump turns its own motor, wired to the coil lines of the pump or to its STEP and DIR',
      ).choices(['coils', 'step']),
    )
    .option('--no-encoder', 'with --sense: no encoder is on the motor of the pump')
    .option('--seed <n>', 'take the place of every file’s seed', seed)
    .option('--speed <x>', 'scale the therapy; for rigs on the clock on the wall only', speed)
    .option('--tag <tag>', 'run only scenarios with this tag; again for those with another one too', tags)
    .option('--shard <i/n>', 'run the i-th of n shares of the scenarios, split by name', shard)
    .option('--jobs <n>', 'run so many scenarios side by side', count('a number of jobs', 1, MOST_JOBS))
    .option(
      '--retry <n>',
      'attempt an inconclusive scenario up to n times more; every attempt is kept and counts',
      count('a number of retries', 0, MOST_RETRIES),
    )
    .option(
      '--allow-skipped',
      'do not mind scenarios that need what the pump does not have: they are listed all the same',
    )
    .option('--fault <name>', 'put a fault of the catalogue into every scenario, and run the outcome')
    .option('--faulty-scenario <file>', 'write the scenario with the fault in it')
    .option('--journal <file>', 'keep every run that is over here, and go on from there when a run was killed')
    .option('--baseline <file>', 'a result of --json: fail when a check that passed in it no longer does')
    .option(
      '--requirements <file>',
      'requirements that all have to be exercised (default: requirements.yaml when it is there, not all of them)',
    )
    .option('--no-requirements', 'look for no requirements.yaml')
    .option('--json <file>', 'write the result as JSON; - for standard output')
    .option('--junit <file>', 'write the verdicts as JUnit XML')
    .option('--html <file>', 'write the report as one HTML page')
    .option('--trace <file>', 'write the trace as NDJSON while it runs; a folder for several scenarios')
  withViews(running, '; a folder for several scenarios')
    .option('--record <folder>', 'keep everything in this new folder, with a manifest of digests; see verify')
    .option('--include <what>', `keep this in the record too: ${EXTRAS.join(' or ')}; again for the other`, extra)
    .option('--quiet', 'print nothing but mistakes')
    .addHelpText('after', STATUSES)
    .action(async (paths: string[], options: Record<string, never>) => {
      const given = await inBench(command, paths, options)
      const { run } = await import('#scripts/commands/run')
      end(await run(given.paths, given.options))
    })
  sub('explore', 'run seeded random scenarios against what must be true of every run, and shrink what fails')
    .option(
      '--seeds <n>',
      'how many (default: 1000, or as many as --for allows)',
      count('a number of seeds', 1, 999_999),
    )
    .option('--from <seed>', 'the first one (default: 0)', seed)
    .option('--for <time>', 'begin no seed after this time on the wall, such as 10min')
    .option('--days <d>', 'how long each run lasts (default: 30)', count('a number of days', 1, 365))
    .option(
      '--jobs <n>',
      'explore so many side by side (default: one for each core)',
      count('a number of jobs', 1, MOST_JOBS),
    )
    .option('--rig <rig>', 'what turns the motor: ideal or avr', 'ideal')
    .option('--pump <pump>', 'the firmware under test: model, exec:COMMAND, tcp:HOST:PORT or serial:PATH', 'model')
    .option('--allow-skipped', 'do not mind seeds that need what the pump does not have')
    .option('--faults <groups>', 'draw faults of these groups only: plant,power,memory,clock,programming, or none')
    .option('--out <folder>', 'where scenario files of what is found go (default: report/explore)')
    .option('--json <file>', 'write what was found and visited as JSON; - for standard output')
    .option('--quiet', 'print nothing but mistakes')
    .addHelpText('after', EXPLORING)
    .action(async (options: Record<string, never>) => {
      const { exploreCommand } = await import('#scripts/commands/explore')
      end(await exploreCommand(options))
    })
  sub('matrix [paths...]', 'put every fault into every scenario, and say who notices each, how soon, and at what harm')
    .option(
      '--faults <list>',
      'names and groups of the catalogue, separated by commas (default: all that the rig carries)',
    )
    .option('--rig <rig>', 'what turns the motor: ideal or avr', 'ideal')
    .option('--pump <pump>', 'the firmware under test: model, exec:COMMAND, tcp:HOST:PORT or serial:PATH', 'model')
    .option('--allow-skipped', 'do not mind cells that need what the pump does not have')
    .option('--seed <n>', 'take the place of every file’s seed', seed)
    .option('--jobs <n>', 'run so many at a time (default: one for each core)', count('a number of jobs', 1, MOST_JOBS))
    .option('--json <file>', 'write the matrix as JSON; - for standard output')
    .option('--html <file>', 'write the matrix as one HTML page')
    .option('--baseline <file>', 'a matrix of --json: fail when a detector gets later or vanishes')
    .option('--out <folder>', 'keep the report of every cell, the matrix and what is done, and go on from there')
    .option('--quiet', 'print nothing but mistakes')
    .addHelpText('after', MATRIX_STATUSES)
    .action(async (paths: string[], options: { readonly rig?: string }) => {
      const given = await inBench(command, paths, options)
      const { matrix } = await import('#scripts/commands/matrix')
      end(await matrix(given.paths, given.options))
    })
  sub('compare <a> <b> <paths...>', 'run two pumps on the same scenarios, and say where they part first')
    .option('--rig <rig>', 'what turns the motor: ideal or avr', 'ideal')
    .option('--seed <n>', 'take the place of every file’s seed', seed)
    .option('--allow-skipped', 'do not mind scenarios that need what one of the pumps does not have')
    .addHelpText('after', COMPARING)
    .action(async (a: string, b: string, paths: string[], options: Record<string, never>) => {
      const { compareCommand } = await import('#scripts/commands/compare')
      end(await compareCommand([a, b], paths, options))
    })
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
  sub('ports', 'list the serial ports of this machine: what is on them, who holds them, and which is a rig')
    .option('--probe', 'ask each port that is free who is there; opening it resets an Uno, and stops its motor')
    .option('--json', 'print it as JSON')
    .action(async (options: Record<string, never>) => {
      const { portsCommand } = await import('#scripts/commands/ports')
      end(await portsCommand(options))
    })
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
  sub('balance <where>', 'ask the balance at serial:PATH for its serial number and some weights')
    .option('--readings <n>', 'how many weights (default: 5)', count('a number of readings', 1, 1000))
    .option('--baud <n>', 'speed of the port (default: 9600)', count('a speed', 300, 921_600))
    .action(async (where: string, options: Record<string, never>) => {
      const { balanceCommand } = await import('#scripts/commands/balance')
      end(await balanceCommand(where, options))
    })
  sub(
    'validate [paths...]',
    'read scenario files and say what is wrong with them, and what the pump would refuse',
  ).action(async (paths: string[]) => {
    const given = await inBench(command, paths, {})
    const { validate } = await import('#scripts/commands/validate')
    end(validate(given.paths))
  })
  sub('list', 'list the scenarios that come with pumpbench')
    .option('--tag <tag>', 'list only scenarios with this tag; again for those with another one too', tags)
    .action(async (options: Record<string, never>) => {
      const { list } = await import('#scripts/commands/list')
      end(list(options))
    })
  sub('faults [name]', 'list what can go wrong, with where that is known from and who should notice; or show one fault')
    .option('--json <file>', 'write the entries as JSON; - for standard output')
    .action(async (name: string | undefined, options: { readonly json?: string }) => {
      const { faults } = await import('#scripts/commands/faults')
      end(faults(name, options))
    })
  sub(
    'schema [what]',
    'print the JSON Schema of a scenario file (default), a rig file, a result, a matrix, a line of a trace, a manifest or pumpbench.yaml (bench)',
  ).action(async (what: string | undefined) => {
    const { schema } = await import('#scripts/commands/schema')
    end(schema(what ?? 'scenario'))
  })
  sub('verify <record>', 'check a record: every file by its digest, every verdict by its trace').action(
    async (record: string) => {
      const { verify } = await import('#scripts/commands/verify')
      end(verify(record))
    },
  )
  const replaying = sub('replay <trace>', 'judge a stored trace again')
    .option('--json <file>', 'write the result as JSON; - for standard output')
    .option('--junit <file>', 'write the verdicts as JUnit XML')
    .option('--html <file>', 'write the report as one HTML page')
  withViews(replaying, '')
    .option('--quiet', 'print nothing but mistakes')
    .action(async (trace: string, options: Record<string, never>) => {
      const { replay } = await import('#scripts/commands/replay')
      end(replay(trace, options))
    })
  return command
}

/** The command line as pumpbench.yaml of this folder completes it. Where that is wrong it is said, and the command ends. */
async function inBench<Options extends { readonly rig?: string }>(
  command: Command,
  paths: readonly string[],
  options: Options,
): Promise<{ readonly paths: readonly string[]; readonly options: Options }> {
  const { completed } = await import('#scripts/bench-file')
  const given = completed(paths, options)
  if ('problems' in given) {
    for (const problem of given.problems) console.error(problem)
    throw new CommanderError(EXIT.usage, 'pumpbench.benchFile', 'pumpbench.yaml is wrong')
  }
  if (given.paths.length === 0) {
    command.error("error: missing required argument 'paths'", { code: 'commander.missingArgument', exitCode: 1 })
  }
  return given
}

/** A defect of pumpbench itself says nothing of the pump: it is neither a pass nor a failed verdict. */
function explain(error: unknown): void {
  console.error(`internal error: ${error instanceof Error ? error.message : String(error)}`)
  console.error('This is a defect of pumpbench; NODE_DEBUG=pumpbench shows where.')
  debuglog('pumpbench')('%O', error)
}

/** Carries out a command, given as its words; answers with the exit status. Never throws. */
export async function commandLine(words: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.pass
  try {
    const commands = program((ended) => {
      status = ended
    })
    await commands.parseAsync(words, { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage
    explain(error)
    return EXIT.inconclusive
  }
}
