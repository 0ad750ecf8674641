/** A command to the served rig and back over a pseudo-terminal, beside a peer that only counts bytes; and what waiting costs. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serialTransport } from '#hil/rig/serial/port'
import type { Connection } from '#hil/rig/serial/transport'
import { encodeFrame } from '#protocol/frame'
import type { ToRig } from '#protocol/message'
import { Splitter } from '#protocol/splitter'
import { milliseconds, type Row } from '#scripts/bench/row'

const COMMAND = fileURLToPath(new URL('../../dist/pumpbench.js', import.meta.url))
const PEER = fileURLToPath(new URL('./echo-peer.ts', import.meta.url))
const TIMES = 300
const IDLE_ms = 5000
/** A process is charged in hundredths of a second on Linux. */
const TICKS_a_second = 100
const GOAL = 1.5
const PATIENCE_ms = 20_000

/** None where there is no socat. */
export async function wire(): Promise<Row[]> {
  if (spawnSync('socat', ['-V']).status !== 0) return []
  const folder = mkdtempSync(join(tmpdir(), 'pumpbench-bench-wire-'))
  const started: ChildProcess[] = []
  try {
    const rigLink = join(folder, 'rig')
    const rig = spawn(process.execPath, [COMMAND, 'rig', '--pty', rigLink], { stdio: 'ignore' })
    started.push(rig)
    const idle = await shareOf(rig, rigLink)
    const { times: own, bytes, rate } = await asked(rigLink)
    const peer = spawn(process.execPath, ['--import', 'tsx', PEER, ...bytes.map(String)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    started.push(peer)
    const port = await new Promise<string>((resolve) =>
      peer.stdout?.once('data', (text) => resolve(String(text).trim())),
    )
    const peerLink = join(folder, 'peer')
    started.push(
      spawn('socat', [`pty,raw,echo=0,link=${peerLink}`, `tcp:127.0.0.1:${port},nodelay`], { stdio: 'ignore' }),
    )
    const echoed = await echoes(peerLink)
    const row = (work: string, part: number): Row => ({
      ...{ work, measured: milliseconds(at(own, part)) },
      ...{
        beside: 'the same bytes echoed',
        floor: milliseconds(at(echoed, part)),
        ratio: at(own, part) / at(echoed, part),
      },
      budget: { text: '1.5 times', kept: at(own, part) <= GOAL * at(echoed, part) },
    })
    const line_s = 11_765 / ((bytes[0] + bytes[1]) / 2)
    return [
      row('STAT over a pseudo-terminal and back, p50', 0.5),
      row('the same, p99', 0.99),
      {
        ...{ work: 'lines from the served rig, STAT after STAT', measured: `${Math.round(rate)} /s` },
        ...{ beside: 'all that its line carries', floor: `${Math.round(line_s)} /s`, ratio: line_s / rate },
      },
      {
        ...{ work: 'processor while a served rig waits', measured: `${(idle * 100).toFixed(1)} %` },
        ...{ beside: 'one processor', floor: '100 %', ratio: idle },
        budget: { text: '2 %', kept: idle <= 0.02 },
      },
    ]
  } finally {
    for (const child of started) child.kill('SIGINT')
    rmSync(folder, { recursive: true, force: true })
  }
}

function at(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN
}

/** The share of a processor that a process takes while nobody is connected. */
async function shareOf({ pid }: ChildProcess, link: string): Promise<number> {
  await until(() => existsSync(link))
  await pause(1000)
  const used = () => {
    const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const fields = after.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_a_second
  }
  const before = used()
  await pause(IDLE_ms)
  return (used() - before) / (IDLE_ms / 1000)
}

interface Lines {
  readonly connection: Connection
  /** The next line. */
  readonly next: () => Promise<Uint8Array>
}

async function opened(link: string): Promise<Lines> {
  await until(() => existsSync(link))
  const connection = await serialTransport(link).open()
  const waiting: Uint8Array[] = []
  let heard = () => {}
  connection.received.subscribe((line) => {
    waiting.push(line)
    heard()
  })
  const next = async () => {
    const end = performance.now() + PATIENCE_ms
    while (waiting.length === 0) {
      if (performance.now() > end) throw new Error('nothing came over the pseudo-terminal')
      await woken((wake) => {
        heard = wake
      })
    }
    return waiting.shift() ?? new Uint8Array()
  }
  return { connection, next }
}

/** How long STAT and its ACK take in milliseconds, how long ACK and TEL are, and how many lines come in a second. */
async function asked(link: string): Promise<{ times: number[]; bytes: [number, number]; rate: number }> {
  const { connection, next } = await opened(link)
  const splitter = new Splitter('to-host')
  const read = async () => {
    const line = await next()
    const [piece] = splitter.push(line)
    return { bytes: line.length, message: piece?.kind === 'frame' ? piece.frame.message : undefined }
  }
  const say = (message: ToRig, sequence = 0) => connection.write(encodeFrame(sequence, message))
  try {
    connection.write(Uint8Array.of(0x0a))
    say({ type: 'HELLO', nonce: 1 })
    let token = 0
    for (let heard = await read(); heard.message?.type !== 'TEL'; heard = await read()) {
      if (heard.message?.type === 'WELCOME') token = heard.message.token
    }
    const times: number[] = []
    let [ack, tel] = [0, 0]
    const begun_ms = performance.now()
    for (let n = 0; n < TIMES; n += 1) {
      const start_ms = performance.now()
      say({ type: 'STAT', token }, n % 256)
      ack = (await read()).bytes
      times.push(performance.now() - start_ms)
      tel = (await read()).bytes
    }
    return { times, bytes: [ack, tel], rate: (2 * TIMES) / ((performance.now() - begun_ms) / 1000) }
  } finally {
    await connection.close()
  }
}

/** The same questions to somebody who only counts. */
async function echoes(link: string): Promise<number[]> {
  const { connection, next } = await opened(link)
  const times: number[] = []
  try {
    for (let n = 0; n < TIMES; n += 1) {
      const start_ms = performance.now()
      connection.write(encodeFrame(n % 256, { type: 'STAT', token: 4_000_000_000 }))
      await next()
      times.push(performance.now() - start_ms)
      await next()
    }
    return times
  } finally {
    await connection.close()
  }
}

/** Resolves when it is woken, or after a second. */
function woken(arm: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000)
    arm(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_ms
  while (!holds()) {
    if (performance.now() > end) throw new Error('no pseudo-terminal appeared')
    await pause(20)
  }
}
