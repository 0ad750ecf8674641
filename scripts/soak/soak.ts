/** One soak: a served rig, a cable that is pulled, a host that goes on with its commands, and what it came to. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Cable } from '#scripts/soak/cable'
import { SoakHost } from '#scripts/soak/host'

export interface SoakOptions {
  readonly commands: number
  /** How long a cable holds, on average. */
  readonly between_ms: number
  readonly seed: number
  readonly log: (line: string) => void
  /** Lines a second below which the streaming did not do its work: a line at 115200 baud is full with 360 of them. */
  readonly least_lines_s: number
}

export interface SoakReport {
  readonly figures: Readonly<Record<string, string | number>>
  /** What must hold and does not. */
  readonly problems: readonly string[]
}

const COMMAND = fileURLToPath(new URL('../../dist/pumpbench.js', import.meta.url))
/** A pulled cable is put back so much later. */
const AWAY_ms = 150
const SAMPLE_ms = 1000
/** Growth of the resident set that is no leak: the heap of a process that has just warmed up comes and goes by as much. */
const FLAT_bytes = 48e6
const FLAT_files = 3

export async function soak({ commands, between_ms, seed, log, least_lines_s }: SoakOptions): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'pumpbench-soak-'))
  const steps = join(folder, 'steps.csv')
  const rig = spawn(process.execPath, [COMMAND, 'rig', '--tcp', '0', '--steps', steps], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chance = randomFrom(seed)
  let cable: Cable | undefined
  let host: SoakHost | undefined
  let pulling: NodeJS.Timeout | undefined
  const pulls = { quiet: 0, streaming: 0 }
  try {
    cable = await Cable.lay({ link: join(folder, 'rig'), port: await portOf(rig.stdout) })
    host = new SoakHost({ path: join(folder, 'rig'), commands, chance })
    const laid = cable
    const pull = () => {
      const streaming = (pulls.quiet + pulls.streaming) % 2 === 0
      laid.stream(streaming)
      pulling = setTimeout(
        () => {
          laid.pull()
          pulls[streaming ? 'streaming' : 'quiet'] += 1
          pulling = setTimeout(() => {
            laid.plug()
            pull()
          }, AWAY_ms)
        },
        between_ms * (0.5 + chance()),
      )
    }
    pull()
    const samples: { readonly rss: number; readonly files: number }[] = []
    const sampling = setInterval(() => {
      samples.push({ rss: process.memoryUsage().rss, files: openFiles() })
      if (samples.length % 30 === 0)
        log(`${host?.settled} of ${commands} commands, ${pulls.quiet + pulls.streaming} pulls`)
    }, SAMPLE_ms)
    const begun_ms = performance.now()
    await host.run()
    clearTimeout(pulling)
    clearInterval(sampling)
    const wall_s = (performance.now() - begun_ms) / 1000
    laid.stream(false)
    laid.ensure()
    const counters = await host.counters()
    await host.close()
    samples.push({ rss: process.memoryUsage().rss, files: openFiles() })
    const pins = pinsIn(readFileSync(steps, 'utf8'))
    return reported({
      commands,
      least_lines_s,
      wall_s,
      pulls,
      streamed: laid.streamed,
      streaming_s: laid.streaming_s,
      host,
      counters,
      pins,
      samples,
    })
  } finally {
    clearTimeout(pulling)
    await host?.close()
    await cable?.close()
    rig.kill('SIGINT')
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Ended {
  readonly least_lines_s: number
  readonly commands: number
  readonly wall_s: number
  readonly pulls: { readonly quiet: number; readonly streaming: number }
  readonly streamed: number
  readonly streaming_s: number
  readonly host: SoakHost
  readonly counters: Awaited<ReturnType<SoakHost['counters']>>
  readonly pins: { readonly steps: number; readonly position: number }
  readonly samples: readonly { readonly rss: number; readonly files: number }[]
}

function reported(ended: Ended): SoakReport {
  const { commands, least_lines_s, wall_s, pulls, streamed, streaming_s, host, counters, pins, samples } = ended
  const lines_s = streamed / streaming_s
  const { forward, reverse, lost, encoder } = counters
  const { outcomes, twice, most, settled } = host
  // The first quarter is warming up.
  const warm = samples[Math.floor(samples.length / 4)] ?? { rss: 0, files: 0 }
  const last = samples.at(-1) ?? warm
  const problems = [
    ...(settled === commands ? [] : [`${settled} of ${commands} commands have an outcome`]),
    ...(twice === 0 ? [] : [`${twice} outcomes were told twice`]),
    ...(forward + reverse === pins.steps ? [] : [`${forward + reverse} steps counted, ${pins.steps} seen at the pins`]),
    ...(encoder === pins.position && forward - reverse === pins.position
      ? []
      : [`encoder ${encoder}, ${forward} forward and ${reverse} back, but the rotor is at ${pins.position}`]),
    ...(lines_s >= least_lines_s ? [] : [`${lines_s.toFixed(0)} lines streamed a second, fewer than ${least_lines_s}`]),
    ...(lost === 0 ? [] : [`${lost} steps lost`]),
    ...(forward >= most.done && forward <= most.sent
      ? []
      : [`${forward} steps, but from ${most.done} to ${most.sent} were commanded`]),
    ...(last.rss - warm.rss <= FLAT_bytes ? [] : [`memory grew by ${megabytes(last.rss - warm.rss)}`]),
    ...(last.files - warm.files <= FLAT_files ? [] : [`open files grew from ${warm.files} to ${last.files}`]),
  ]
  return {
    problems,
    figures: {
      commands,
      'wall time': `${wall_s.toFixed(1)} s`,
      'cable pulled while quiet': pulls.quiet,
      'cable pulled while streaming': pulls.streaming,
      'log lines streamed': streamed,
      'log lines a second while streaming': lines_s.toFixed(0),
      'log lines that came through': host.heard,
      ...Object.fromEntries(Object.entries(outcomes).map(([kind, count]) => [`outcome ${kind}`, count])),
      ...Object.fromEntries([...host.refusals].toSorted().map(([reason, count]) => [`refused as ${reason}`, count])),
      sessions: host.sessions,
      'steps by the counters of the rig': forward + reverse,
      'steps at its pins': pins.steps,
      'resident set, warm and at the end': `${megabytes(warm.rss)}, ${megabytes(last.rss)}`,
      'open files, warm and at the end': `${warm.files}, ${last.files}`,
    },
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}

function pinsIn(csv: string): { steps: number; position: number } {
  const rows = csv.trimEnd().split('\n').slice(1)
  return { steps: rows.length, position: Number(rows.at(-1)?.split(',')[2] ?? 0) }
}

/** Files that this process has open; none where the system does not show them. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}

function portOf(output: NodeJS.ReadableStream): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    output.on('data', (bytes: Buffer) => {
      text = `${text}${bytes}`.slice(-4096)
      const [, port] = /tcp:127\.0\.0\.1:(\d+)\n/.exec(text) ?? []
      if (port !== undefined) resolve(Number(port))
    })
    output.once('close', () => reject(new Error('the rig was not served; was dist built?')))
  })
}

/** Numbers from 0 up to 1, the same for a seed: xorshift of 32 bits. */
function randomFrom(seed: number): () => number {
  let state = (seed >>> 0) + 0x9e3779b9
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
