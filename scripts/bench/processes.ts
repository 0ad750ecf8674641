/**
 * Whole processes: what somebody waits for who types the command, beside a Node that does nothing.
 *
 * The time is from starting the process to its end, seen from outside. The memory is the peak of its resident set, which
 * the process itself reads as it exits: a module imported before the command writes it to an extra pipe.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, megabytes, milliseconds, type Row } from '#scripts/bench/row'
import { WEEK, WEEK_d } from '#scripts/bench/week'

const COMMAND = fileURLToPath(new URL('../../dist/pumpbench.js', import.meta.url))
const TIMES = 7
/** For those that take seconds. */
const SLOW_TIMES = 3

/** The fourth stream of the process; the first three are its own. */
const PEAK_PIPE = 3
const PEAK_HOOK = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from 'node:fs'
   process.on('exit', () => writeSync(${PEAK_PIPE}, String(process.resourceUsage().maxRSS)))`,
)}`

const MONTH = `schema: pumpbench/scenario@1
name: month
pump: { model: im-40 }
fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }
clock: 2026-01-05T08:00
duration: 30 d
prescription:
  - at: 0 d
    therapy: { mode: simple-continuous, dose: 0.5 mL/d }
${Array.from({ length: 30 }, (_, day) => `  - { at: ${day} d 12 h, bolus: { dose: 100 ug, over: 10 min } }\n`).join('')}`

const DAY_ms = 86_400_000

interface Cost {
  readonly wall_ms: number
  readonly peak_bytes: number
}

/** Starts of the command and of a whole run. */
export function processes(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'pumpbench-bench-'))
  try {
    const scenario = join(folder, 'month.yaml')
    writeFileSync(scenario, MONTH)
    const [empty, help, run, across] = costs(TIMES, [
      ['-e', '0'],
      [COMMAND, '--help'],
      [COMMAND, 'run', scenario, '--rig', 'ideal'],
      [COMMAND, 'run', scenario, '--rig', 'ideal', '--pump', `exec:"${process.execPath}" "${COMMAND}" serve --stdio`],
    ])
    const week = join(folder, 'week.yaml')
    writeFileSync(week, WEEK)
    const [ideal, avr] = costs(SLOW_TIMES, [
      [COMMAND, 'run', week, '--rig', 'ideal', '--quiet'],
      [COMMAND, 'run', week, '--rig', 'avr', '--quiet'],
    ])
    if (
      empty === undefined ||
      help === undefined ||
      run === undefined ||
      across === undefined ||
      ideal === undefined ||
      avr === undefined
    ) {
      throw new Error('a process was not measured')
    }
    const beside = 'node -e 0'
    return [
      wall('start: --help', help, empty, 200, '200 ms'),
      wall('run of 30 d with a bolus a day, process', run, empty, 1000, '1 s'),
      {
        work: 'the same, peak memory',
        measured: megabytes(run.peak_bytes),
        beside,
        floor: megabytes(empty.peak_bytes),
        ratio: run.peak_bytes / empty.peak_bytes,
        budget: { text: '150 MB', kept: run.peak_bytes <= 150e6 },
      },
      {
        ...{ work: 'the same with the pump as a process of its own', measured: milliseconds(across.wall_ms) },
        ...{ beside: 'in process', floor: milliseconds(run.wall_ms), ratio: across.wall_ms / run.wall_ms },
      },
      {
        ...{ work: '7 d at 0.5 mL/d on avr, process', measured: milliseconds(avr.wall_ms) },
        ...{ beside: 'the same on ideal', floor: milliseconds(ideal.wall_ms), ratio: avr.wall_ms / ideal.wall_ms },
        budget: { text: '5 s', kept: avr.wall_ms <= 5000 },
      },
      {
        ...{ work: 'the same, emulated time', measured: `${((WEEK_d * 1000) / avr.wall_ms).toPrecision(2)} d/s` },
        ...{ beside: 'real time', floor: '1 s/s', ratio: (WEEK_d * DAY_ms) / avr.wall_ms },
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function wall(work: string, cost: Cost, empty: Cost, budget_ms: number, text: string): Row {
  return {
    work,
    measured: milliseconds(cost.wall_ms),
    beside: 'node -e 0',
    floor: milliseconds(empty.wall_ms),
    ratio: cost.wall_ms / empty.wall_ms,
    budget: { text, kept: cost.wall_ms <= budget_ms },
  }
}

/** The median cost of each command line; they take turns, so that a busy moment of the machine falls on all of them. */
function costs(times: number, commands: readonly (readonly string[])[]): Cost[] {
  const found = commands.map((): Cost[] => [])
  for (let turn = 0; turn < times; turn += 1) {
    for (const [index, args] of commands.entries()) found[index]?.push(costOf(args))
  }
  return found.map((turns) => ({
    wall_ms: median(turns.map(({ wall_ms }) => wall_ms)),
    peak_bytes: median(turns.map(({ peak_bytes }) => peak_bytes)),
  }))
}

function costOf(args: readonly string[]): Cost {
  const start_ms = performance.now()
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const
  const { status, stderr, output } = spawnSync(process.execPath, ['--import', PEAK_HOOK, ...args], {
    stdio: [...stdio],
  })
  const wall_ms = performance.now() - start_ms
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${String(stderr)}; was dist built?`)
  return { wall_ms, peak_bytes: Number(String(output[PEAK_PIPE])) * 1024 }
}
