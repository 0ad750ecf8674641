/**
 * A way to a pump for a bench that waits: a thread does the input and output, and the bench sleeps until there is something.
 *
 * What was started is ended on every way out: when the run is over, when this process ends for whatever reason it can see,
 * and when the thread itself is gone.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { type ByteLink, LinkEnded } from '#hil/pump/wire/byte-link'
import { signalGroup } from '#scripts/pump-link/child'
import { COUNTERS, type FromLinkThread, type LinkTask, type ToLinkThread } from '#scripts/pump-link/link-messages'
import type { PumpWay } from '#scripts/pump-link/way'

/** Threads run a file of the bundle, beside this one; from source there is none, because loaders do not reach threads. */
const THREAD = import.meta.url.endsWith('.ts') ? null : new URL('./pump-link.js', import.meta.url)

/** A pump that was asked to end and does not is ended with SIGKILL after this at the latest. */
const ENDING_ms = 3000

/** Ways that are not closed, to be ended with this process. */
const open = new Set<ThreadedLink>()
process.on('exit', () => {
  for (const link of open) link.cut()
})

export class ThreadedLink implements ByteLink {
  readonly #onConsole: (line: string) => void
  readonly #counters: Int32Array
  readonly #port: MessagePort
  readonly #worker: Worker
  #pid: number | undefined
  #ended: string | null = null
  #gone = false
  #closed = false
  #lastLine: string | null = null
  /** What has come and was not read. */
  readonly #unread: Uint8Array[] = []

  /** `onConsole` is told of each line that a process writes beside its wire. Throws where this runs from source. */
  constructor(way: PumpWay, onConsole: (line: string) => void) {
    if (THREAD === null)
      throw new LinkEnded('a pump on a wire needs the bundle: npm run build, then node dist/pumpbench.js')
    this.#onConsole = onConsole
    const counters = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
    this.#counters = new Int32Array(counters)
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const task: LinkTask = { way, port: port2, counters }
    this.#worker = new Worker(THREAD, { workerData: task, transferList: [port2], stdin: false })
    this.#worker.on('error', ({ message }) => {
      this.#ended ??= `the thread of the pump failed: ${message}`
    })
    this.#worker.unref()
    port1.unref()
    open.add(this)
  }

  write(bytes: Uint8Array): void {
    this.#receive()
    this.#mustGoOn()
    this.#tell({ kind: 'write', bytes: Uint8Array.from(bytes) })
  }

  read(most_ms: number): Uint8Array | null {
    const until_ms = this.now_ms() + most_ms
    for (;;) {
      const seen = Atomics.load(this.#counters, COUNTERS.posted)
      this.#receive()
      const bytes = this.#unread.shift()
      if (bytes !== undefined) {
        Atomics.add(this.#counters, COUNTERS.taken, bytes.length)
        return bytes
      }
      this.#mustGoOn()
      const left_ms = until_ms - this.now_ms()
      if (left_ms <= 0) return null
      Atomics.wait(this.#counters, COUNTERS.posted, seen, left_ms)
    }
  }

  now_ms(): number {
    return performance.now()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#tell({ kind: 'end' })
    const until_ms = this.now_ms() + ENDING_ms
    while (!this.#gone) {
      const seen = Atomics.load(this.#counters, COUNTERS.posted)
      this.#receive()
      const left_ms = until_ms - this.now_ms()
      if (this.#gone || left_ms <= 0) break
      Atomics.wait(this.#counters, COUNTERS.posted, seen, left_ms)
    }
    this.cut()
  }

  /** Ends everything at once. */
  cut(): void {
    this.#closed = true
    open.delete(this)
    this.#receive()
    if (!this.#gone) signalGroup(this.#pid, 'SIGKILL')
    this.#port.close()
    void this.#worker.terminate()
  }

  #tell(message: ToLinkThread): void {
    this.#port.postMessage(message)
  }

  #mustGoOn(): void {
    if (this.#ended === null) return
    throw new LinkEnded(this.#lastLine === null ? this.#ended : `${this.#ended}; the last it wrote: ${this.#lastLine}`)
  }

  /** Takes note of everything that the thread has said. */
  #receive(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      const message: FromLinkThread = received.message
      switch (message.kind) {
        case 'bytes':
          this.#unread.push(message.bytes)
          break
        case 'console':
          this.#lastLine = message.line
          this.#onConsole(message.line)
          break
        case 'started':
          this.#pid = message.pid
          break
        case 'ended':
          this.#ended = message.reason
          break
        case 'gone':
          this.#gone = true
          break
      }
    }
  }
}
