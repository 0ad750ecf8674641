/**
 * A pseudo-terminal that leads to a socket, made by socat, because Node cannot make one by itself.
 *
 * socat waits until somebody opens the terminal, connects to the socket then, and ends when the terminal is closed; each
 * client so gets a terminal and a connection of its own, and the next terminal is there under the same name.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { lstatSync, rmSync } from 'node:fs'

/** How often socat looks whether the terminal has been opened, in seconds. */
const LOOKS_s = 0.02
/** socat reads more than a path out of other characters. */
const PLAIN_PATH = /^[\w./@%+~ -]+$/
const APPEARS_ms = 10
/** A terminal that ends so soon was not closed by a client. */
const TOO_SOON_ms = 200
const MOST_FAILURES = 5
const MOST_COMPLAINT = 2000

export interface PtyLinkOptions {
  /** Where the terminal is found. */
  readonly link: string
  /** The socket of this machine that it leads to, by its path. */
  readonly socket: string
  /** Called once when the first terminal is there. */
  readonly onLaid: () => void
  /** Called once when there can be no terminal any more, with the reason. */
  readonly onFailure: (reason: string) => void
}

export class PtyLink {
  readonly #options: PtyLinkOptions
  #socat: ChildProcess | undefined
  #failures = 0
  #waiting: NodeJS.Timeout | undefined
  #over = false

  constructor(options: PtyLinkOptions) {
    this.#options = options
    const problem =
      linkProblem(options.link) ?? (PLAIN_PATH.test(options.socket) ? undefined : unusable(options.socket))
    if (problem !== undefined) {
      this.#fail(problem)
      return
    }
    this.#lay()
    this.#waiting = setInterval(() => {
      if (lstatSync(options.link, { throwIfNoEntry: false }) === undefined) return
      clearInterval(this.#waiting)
      options.onLaid()
    }, APPEARS_ms)
  }

  /** Takes the terminal away. */
  close(): void {
    this.#over = true
    clearInterval(this.#waiting)
    this.#socat?.kill()
    this.#remove()
  }

  #lay(): void {
    const { link, socket } = this.#options
    this.#remove()
    const terminal = `pty,raw,echo=0,link=${link},wait-slave,pty-interval=${LOOKS_s}`
    const since = performance.now()
    const socat = spawn('socat', [terminal, `unix-connect:${socket}`], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#socat = socat
    let complaint = ''
    socat.stderr.setEncoding('latin1').on('data', (text: string) => {
      complaint = (complaint + text).slice(-MOST_COMPLAINT)
    })
    socat.once('error', (error: NodeJS.ErrnoException) => {
      const missing =
        'socat is not installed, which makes pseudo-terminals: `apt-get install socat` or `brew install socat`'
      this.#fail(error.code === 'ENOENT' ? `${missing}; or serve a socket with --tcp` : error.message)
    })
    socat.once('close', () => {
      if (this.#over) return
      this.#failures = performance.now() - since < TOO_SOON_ms ? this.#failures + 1 : 0
      if (this.#failures < MOST_FAILURES) this.#lay()
      else this.#fail(`socat makes no pseudo-terminal: ${complaint.trim().split('\n').at(-1) ?? 'it says nothing'}`)
    })
  }

  #fail(reason: string): void {
    if (this.#over) return
    this.close()
    this.#options.onFailure(reason)
  }

  /** A link that a killed socat left behind; nothing else is ever removed. */
  #remove(): void {
    const { link } = this.#options
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true) rmSync(link, { force: true })
  }
}

/** Why a terminal cannot be found under this name; undefined when it can. */
export function linkProblem(link: string): string | undefined {
  return PLAIN_PATH.test(link) ? undefined : unusable(link)
}

function unusable(path: string): string {
  return `${JSON.stringify(path)} is no name for a pseudo-terminal: it may have letters, digits, spaces and . / _ @ % + ~ -`
}
