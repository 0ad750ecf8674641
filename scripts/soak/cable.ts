/**
 * A cable that is pulled at random: a pseudo-terminal that socat joins to a served rig, through a relay that can stream log
 * lines between the lines of the rig.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'

const NEWLINE = 0x0a
/** Of 32 bytes, newline included: 360 a second are all that 115200 baud carry. */
const LOG_LINE = Buffer.from('log line of a rig that is chatty\n'.slice(-32))
const STREAM_lines_s = 360
const STREAM_ms = 10
const AGAIN_ms = 50

export interface CableOptions {
  /** Where the terminal is to be found. */
  readonly link: string
  /** The port of the rig on this machine. */
  readonly port: number
}

export class Cable {
  readonly #options: CableOptions
  readonly #relay: Server
  readonly #sockets = new Set<Socket>()
  readonly #pace: NodeJS.Timeout
  #socat: ChildProcess | undefined
  #closed = false
  #atLineEnd = true
  #streaming = false
  #streamed = 0
  #streaming_ms = 0
  #owed = 0
  #last_ms = performance.now()

  private constructor(options: CableOptions) {
    this.#options = options
    this.#relay = createServer((socket) => this.#join(socket))
    this.#pace = setInterval(() => this.#stream(), STREAM_ms)
  }

  static async lay(options: CableOptions): Promise<Cable> {
    const cable = new Cable(options)
    await new Promise<void>((resolve) => cable.#relay.listen(0, '127.0.0.1', resolve))
    cable.plug()
    return cable
  }

  /** Log lines that have been streamed so far. */
  get streamed(): number {
    return this.#streamed
  }

  /** For how long lines were streamed to somebody so far. */
  get streaming_s(): number {
    return this.#streaming_ms / 1000
  }

  /** Puts the cable back: a new terminal under the same name. */
  plug(): void {
    if (this.#closed) return
    rmSync(this.#options.link, { force: true })
    const address = this.#relay.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const words = [`pty,raw,echo=0,link=${this.#options.link}`, `tcp:127.0.0.1:${port}`]
    const socat = spawn('socat', words, { stdio: 'ignore' })
    this.#socat = socat
    // The rig may not have noticed yet that the last cable is out, and refuse this one.
    socat.once('close', () => {
      if (this.#socat === socat && !this.#closed) setTimeout(() => this.plug(), AGAIN_ms)
    })
  }

  /** Pulls it, without a word to either end. */
  pull(): void {
    const socat = this.#socat
    this.#socat = undefined
    socat?.kill('SIGKILL')
  }

  /** Puts it back if it is out. */
  ensure(): void {
    if (this.#socat === undefined) this.plug()
  }

  stream(streaming: boolean): void {
    this.#streaming = streaming
    this.#owed = 0
    this.#last_ms = performance.now()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#pace)
    this.pull()
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#relay.close(resolve))
    rmSync(this.#options.link, { force: true })
  }

  #join(terminal: Socket): void {
    const rig = dial({ host: '127.0.0.1', port: this.#options.port })
    for (const [socket, other] of [
      [terminal, rig],
      [rig, terminal],
    ] as const) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
    this.#sockets.add(terminal)
    terminal.pipe(rig)
    rig.on('data', (bytes: Buffer) => {
      terminal.write(bytes)
      this.#atLineEnd = bytes.at(-1) === NEWLINE
    })
  }

  /** Sends as many lines as are due, where no line of the rig would be cut in two. */
  #stream(): void {
    const now_ms = performance.now()
    // What is said to nobody is neither owed nor counted.
    const passed_ms = this.#streaming && this.#sockets.size > 0 ? now_ms - this.#last_ms : 0
    this.#last_ms = now_ms
    this.#streaming_ms += passed_ms
    this.#owed += (passed_ms * STREAM_lines_s) / 1000
    if (!this.#streaming || !this.#atLineEnd) return
    const due = Math.floor(this.#owed)
    this.#owed -= due
    for (const terminal of this.#sockets) {
      for (let line = 0; line < due; line += 1) terminal.write(LOG_LINE)
      this.#streamed += due
    }
  }
}
