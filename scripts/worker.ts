/**
 * A thread that makes attempts: it is sent one at a time, tells how far it is, and answers with the result.
 *
 * A scenario crosses as its text and the figures of its pump, because that is all it takes to read it again, and because
 * nothing read from a file twice could differ.
 */
import { parentPort } from 'node:worker_threads'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import { attempt } from '#scripts/attempt'
import { pumpNamed, rigNamed } from '#scripts/registry'
import type { FromThread, ToThread } from '#scripts/threads'

/** How often progress is told. */
const PERIOD_ms = 100

const interruption = new AbortController()

async function made({
  text,
  file,
  measured,
  files,
  window,
  drawn,
  ...origin
}: Extract<ToThread, { kind: 'attempt' }>): Promise<FromThread> {
  const { sha256, seed, modelFigures } = origin
  const parsed = parseScenario(text, file, { sha256, seed, modelFigures })
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('; '))
  const [pump, rig] = [pumpNamed(origin.pump), rigNamed(origin.rig)]
  if (!pump.ok) throw new Error(pump.problem)
  if (!rig.ok) throw new Error(rig.problem)
  let told_ms = performance.now()
  const attempted = await attempt(
    { scenario: parsed.scenario, file, pump: pump.value, rig: rig.value, measured, files, window, drawn },
    {
      signal: interruption.signal,
      onProgress: (part) => {
        const now_ms = performance.now()
        if (now_ms - told_ms < PERIOD_ms) return
        told_ms = now_ms
        tell({ kind: 'progress', part })
      },
    },
  )
  return { kind: 'done', attempted }
}

function tell(message: FromThread): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'attempt':
      made(message).then(tell, (error: unknown) => {
        tell({ kind: 'defect', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
      })
      return
    case 'interrupt':
      interruption.abort()
  }
})
