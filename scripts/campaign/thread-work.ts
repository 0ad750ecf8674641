/** One job in a thread: it is handed its task and a port, on which it tells how far it is and hears that it is to end. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { JobHooks } from '#scripts/campaign/jobs'

/** What a thread is told while it works. */
export interface ToThread {
  readonly kind: 'interrupt'
}

/** What a thread tells while it works. */
export interface FromThread {
  readonly kind: 'progress'
  readonly part: number
}

/** What crosses to a thread. */
export interface Handed<Task> {
  readonly task: Task
  readonly port: MessagePort
}

export type InThread<Task, Outcome> = (handed: Handed<Task>) => Promise<Outcome>

/** How often progress is told and the port looked at. */
const PERIOD_ms = 100

/** Makes a piece of work one that a thread can be handed. */
export function inThread<Task, Outcome>(
  work: (task: Task, hooks: JobHooks) => Promise<Outcome>,
): InThread<Task, Outcome> {
  return async ({ task, port }) => {
    const interruption = new AbortController()
    // The only thing a thread is told is to end, and it may have been told before it began.
    const hear = () => {
      if (receiveMessageOnPort(port) !== undefined) interruption.abort()
    }
    const tell = (part: number) => port.postMessage({ kind: 'progress', part } satisfies FromThread)
    let told_ms = performance.now()
    hear()
    try {
      return await work(task, {
        signal: interruption.signal,
        onProgress: (part) => {
          const now_ms = performance.now()
          if (now_ms - told_ms < PERIOD_ms) return
          told_ms = now_ms
          tell(part)
          hear()
        },
      })
    } finally {
      port.close()
    }
  }
}
