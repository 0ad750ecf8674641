/**
 * Attempts side by side, each in a thread of its own, for rigs on a virtual clock.
 *
 * A thread holds its own pump, rig and plant and shares nothing with the others, so a run gives the same trace in a
 * thread as anywhere else.
 */
import { Worker } from 'node:worker_threads'
import type { Window } from '#hil/report/window'
import type { MeasuredRig } from '#hil/run/measured-rig'
import type { FigureTexts } from '#hil/scenario/model-file'
import type { Attempt, Attempted, AttemptHooks } from '#scripts/attempt'
import type { AttemptFiles } from '#scripts/commands/run-files'

/** What a thread is told. */
export type ToThread =
  | {
      readonly kind: 'attempt'
      readonly text: string
      readonly file: string
      readonly sha256: string
      readonly seed: number
      readonly modelFigures: FigureTexts
      readonly pump: string
      readonly rig: string
      readonly measured: MeasuredRig | null
      readonly files: AttemptFiles
      readonly window: Window | undefined
      readonly drawn: Attempt['drawn']
    }
  | { readonly kind: 'interrupt' }

/** What a thread tells. */
export type FromThread =
  | { readonly kind: 'progress'; readonly part: number }
  | { readonly kind: 'done'; readonly attempted: Attempted }
  | { readonly kind: 'defect'; readonly message: string }

/** Somewhere attempts are made, one at a time. */
export interface Place {
  readonly attempt: (what: Attempt, hooks: AttemptHooks) => Promise<Attempted>
  /** Gives up what the place holds; an attempt under way is lost. */
  readonly close: () => Promise<void>
}

/** In the bundle the thread is a file beside this one; in the source it is a module that a loader translates. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/** A thread that makes attempts. Pump and rig cross by name, so they have to be ones that the command line can name. */
export function thread(): Place {
  const worker = new Worker(THREAD)
  // Between attempts a thread keeps no process alive, and nobody hears it fail then: the next attempt does.
  worker.on('error', () => undefined)
  return {
    attempt: ({ scenario, file, pump, rig, measured, files, window, drawn }, { signal, onProgress }) => {
      const { text, sha256, modelFigures } = scenario.origin
      const { seed } = scenario
      const named = { pump: pump.name, rig: rig.name, measured, files, window, drawn }
      const task: ToThread = { kind: 'attempt', text, file, sha256, seed, modelFigures, ...named }
      return answered(worker, task, signal, onProgress)
    },
    close: async () => {
      await worker.terminate()
    },
  }
}

function answered(
  worker: Worker,
  task: ToThread,
  signal: AbortSignal,
  onProgress: AttemptHooks['onProgress'],
): Promise<Attempted> {
  return new Promise((resolve, reject) => {
    const interrupt = () => worker.postMessage({ kind: 'interrupt' } satisfies ToThread)
    const over = () => {
      signal.removeEventListener('abort', interrupt)
      worker.off('message', heard)
      worker.off('error', failed)
      worker.off('exit', left)
    }
    const failed = (error: unknown) => {
      over()
      reject(new Error(`a thread failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error }))
    }
    const left = (status: number) => failed(`it ended with status ${status}`)
    const heard = (message: FromThread) => {
      switch (message.kind) {
        case 'progress':
          void onProgress(message.part)
          return
        case 'done':
          over()
          resolve(message.attempted)
          return
        case 'defect':
          failed(message.message)
      }
    }
    worker.on('message', heard)
    worker.on('error', failed)
    worker.on('exit', left)
    signal.addEventListener('abort', interrupt, { once: true })
    worker.postMessage(task)
    if (signal.aborted) interrupt()
  })
}
