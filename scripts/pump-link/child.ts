/**
 * A pump that is a process: its input and output are the wire, what it complains of is shown, and its end is certain.
 *
 * It leads a group of its own, so that Ctrl-C at the bench does not end it before the bench has said what it has to say, and
 * so that whatever it starts ends with it.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { FromLinkThread } from '#scripts/pump-link/link-messages'

/** How long a pump may take to end itself after its input has ended, and again after SIGTERM. */
const GRACE_ms = 1000
/** What a process still says after its end is waited for so long. */
const LAST_WORDS_ms = 50
const LONGEST_LINE = 512
const MOST_LINES = 200

export interface Flow {
  readonly pause: () => void
  readonly resume: () => void
  readonly write: (bytes: Uint8Array) => void
  readonly end: () => void
}

/** Starts the command and passes on what it says. */
export function childFlow(argv: readonly string[], post: (message: FromLinkThread) => void): Flow {
  const [command = '', ...rest] = argv
  const child = spawn(command, rest, { stdio: 'pipe', detached: process.platform !== 'win32', shell: false })
  const { pid } = child
  if (pid !== undefined) post({ kind: 'started', pid })
  let hasExited = false
  const ended = once((reason: string) => post({ kind: 'ended', reason }))
  const gone = once(() => post({ kind: 'gone' }))
  child.once('error', (error) => {
    if (pid !== undefined) return
    ended(`${JSON.stringify(command)} could not be started: ${error.message}`)
    gone()
  })
  child.once('exit', (status, signal) => {
    hasExited = true
    // Whatever it has started ends with it.
    signalGroup(pid, 'SIGKILL')
    const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`
    setTimeout(() => {
      ended(`the process of the pump ${how}`)
      gone()
    }, LAST_WORDS_ms)
  })
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', (bytes: Buffer) => post({ kind: 'bytes', bytes: Uint8Array.from(bytes) }))
  child.stdout.once('end', () => setTimeout(() => ended('the pump closed its output'), 2 * LAST_WORDS_ms))
  complain(child, post)
  return {
    pause: () => child.stdout.pause(),
    resume: () => child.stdout.resume(),
    write: (bytes) => void child.stdin.write(bytes),
    end: () => {
      child.stdin.end()
      // What it says now nobody hears, and a full pipe must not keep it.
      child.stdout.resume()
      const later = (signal: NodeJS.Signals, after_ms: number) =>
        setTimeout(() => {
          if (!hasExited) signalGroup(pid, signal)
        }, after_ms).unref()
      later('SIGTERM', GRACE_ms)
      later('SIGKILL', 2 * GRACE_ms)
    },
  }
}

/** Lines of its standard error, so many and so long. */
function complain(child: ChildProcessWithoutNullStreams, post: (message: FromLinkThread) => void): void {
  let [rest, lines] = ['', 0]
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    if (lines > MOST_LINES) return
    const parts = (rest + text).split('\n')
    rest = (parts.pop() ?? '').slice(0, LONGEST_LINE)
    for (const line of parts) {
      lines += 1
      if (lines > MOST_LINES) {
        post({ kind: 'console', line: `and more, after ${MOST_LINES} lines` })
        return
      }
      post({ kind: 'console', line: line.slice(0, LONGEST_LINE) })
    }
  })
}

/** Signals a process and all that it has started, if they are still there. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // They are gone already.
  }
}

function once<A extends readonly unknown[]>(act: (...args: A) => void): (...args: A) => void {
  let done = false
  return (...args) => {
    if (done) return
    done = true
    act(...args)
  }
}
