/** The thread that does the input and output of a pump, while the bench waits for what it says. */
import { fileURLToPath } from 'node:url'
import { workerData } from 'node:worker_threads'
import { childFlow, type Flow } from '#scripts/pump-link/child'
import { COUNTERS, type FromLinkThread, type LinkTask, type ToLinkThread } from '#scripts/pump-link/link-messages'
import { transportNamed } from '#scripts/wire-rigs'

/** Bytes that may wait for the bench; at more, no further ones are read. */
const MOST_WAITING = 2 ** 20
const LOOK_ms = 2

const { way, port, counters: shared } = workerData as LinkTask
const counters = new Int32Array(shared)
let sent = 0

function post(message: FromLinkThread): void {
  if (message.kind === 'bytes') sent = (sent + message.bytes.length) | 0
  port.postMessage(message)
  Atomics.add(counters, COUNTERS.posted, 1)
  Atomics.notify(counters, COUNTERS.posted)
  if (message.kind === 'bytes') restrain()
}

let flow: Flow | undefined
let restrained = false

/** Reads no more while too much waits for the bench. */
function restrain(): void {
  const waiting = (sent - Atomics.load(counters, COUNTERS.taken)) | 0
  if (waiting <= MOST_WAITING) {
    if (restrained) flow?.resume()
    restrained = false
    return
  }
  if (!restrained) flow?.pause()
  restrained = true
  setTimeout(restrain, LOOK_ms)
}

/** The process that carries a serial port stands beside this file in the bundle. */
const PORT_PROCESS = new URL('./port-link.js', import.meta.url)

/** A serial port, carried by a process: why it ended is the last that process has said. */
function portFlow(name: string): Flow {
  let reason: string | null = null
  return childFlow([process.execPath, fileURLToPath(PORT_PROCESS), name], (message) => {
    if (message.kind === 'console') reason = message.line
    else post(message.kind === 'ended' && reason !== null ? { kind: 'ended', reason } : message)
  })
}

/** A way that others made: what it carries, it carries as long as it is there. */
async function transportFlow(name: string): Promise<Flow> {
  const named = await transportNamed(name, '--pump')
  if (!named.ok) throw new Error(named.problem)
  const connection = await named.value.open()
  connection.lost.subscribe((reason) => post({ kind: 'ended', reason }))
  connection.received.subscribe((bytes) => post({ kind: 'bytes', bytes: Uint8Array.from(bytes) }))
  return {
    pause: () => undefined,
    resume: () => undefined,
    write: (bytes) => connection.write(bytes),
    end: () => void connection.close().then(() => post({ kind: 'gone' })),
  }
}

/** What was to be written before the way was there. */
const early: ToLinkThread[] = []

function hear(message: ToLinkThread): void {
  if (flow === undefined) early.push(message)
  else if (message.kind === 'write') flow.write(message.bytes)
  else flow.end()
}

port.on('message', hear)
try {
  if (way.kind === 'exec') flow = childFlow(way.argv, post)
  else flow = way.name.startsWith('serial:') ? portFlow(way.name) : await transportFlow(way.name)
  for (const message of early) hear(message)
} catch (error) {
  post({ kind: 'ended', reason: error instanceof Error ? error.message : String(error) })
  post({ kind: 'gone' })
}
