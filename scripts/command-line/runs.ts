/** The commands that run scenarios: one after the other, with every fault, by seeds, and with two pumps. */
import { Option } from 'commander'
import { SENSED_LINES } from '#scripts/choices'
import { type CommandLine, inBench, STATUSES } from '#scripts/command-line/line'
import {
  count,
  EXTRAS,
  extra,
  MOST_JOBS,
  MOST_RETRIES,
  seed,
  shard,
  speed,
  tags,
  withViews,
} from '#scripts/command-line/values'

const EXPLORING = `
Exit status:
  0    nothing was found
  1    an invariant was broken, or a site was never visited that has to be
  2    invalid usage; nothing ran
  3    something that was found could not be written, or a seed was skipped for want of what the pump does not have
       (unless --allow-skipped and another was run)
  130  interrupted; --from goes on`

const COMPARING = `
A pump is named as for run --pump: model, exec:COMMAND, tcp:HOST:PORT or serial:PATH.

Exit status:
  0  the pumps are the same on every scenario
  1  they part on some scenario
  2  invalid input or usage; nothing ran
  3  a run broke off, or a scenario was skipped (unless --allow-skipped, and another one was run)
  130  interrupted`

const MATRIX_STATUSES = `
Exit status:
  0  every cell was run, or has no place for its fault
  1  a detector is later than in the baseline, or vanished
  2  invalid input or usage; nothing ran
  3  nothing is shown of some cell: not carried by the rig, never fired, changed nothing, or broke off; or a cell was
     skipped (unless --allow-skipped)
  130  interrupted`

/** Defines `run`. */
export function defineRun({ command, sub, end }: CommandLine): void {
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
      ).choices(SENSED_LINES),
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
}

/** Defines `explore`. */
export function defineExplore({ sub, end }: CommandLine): void {
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
}

/** Defines `matrix`. */
export function defineMatrix({ command, sub, end }: CommandLine): void {
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
}

/** Defines `compare`. */
export function defineCompare({ sub, end }: CommandLine): void {
  sub('compare <a> <b> <paths...>', 'run two pumps on the same scenarios, and say where they part first')
    .option('--rig <rig>', 'what turns the motor: ideal or avr', 'ideal')
    .option('--seed <n>', 'take the place of every file’s seed', seed)
    .option('--allow-skipped', 'do not mind scenarios that need what one of the pumps does not have')
    .addHelpText('after', COMPARING)
    .action(async (a: string, b: string, paths: string[], options: Record<string, never>) => {
      const { compareCommand } = await import('#scripts/commands/compare')
      end(await compareCommand([a, b], paths, options))
    })
}
