/**
 * The programmer: the clinician's device that asks a pump to store a program, and a correct one.
 *
 * It prepares, compares what the pump read back with what was meant, has warnings confirmed, and commits only then. When
 * an answer does not come it can ask again, by the digest of what it had committed.
 */
import type { Program, PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { Pump } from '#hil/pump/pump'
import { programRecord } from '#hil/run/program-record'
import type { Order } from '#hil/run/programs'
import type { Time_us } from '#units/quantity'

type Readback = Extract<PumpOutput, { kind: 'readback' }>

/** How a refusal begins that is none of the pump's: it said nothing. */
export const UNANSWERED = 'the pump did not '

export type Programmed =
  /** The program is in force; `confirmed` are the warnings that somebody confirmed. */
  | { readonly outcome: 'applied'; readonly readback: Readback; readonly confirmed: readonly string[] }
  | { readonly outcome: 'refused'; readonly reason: string }
  /** The pump stored the program and read it back, and nobody committed it. */
  | { readonly outcome: 'left' }
  /** No answer came: to PREPARE when `asked` is null, else to COMMIT, and then it may be in force or not. */
  | { readonly outcome: 'silent'; readonly asked: Readback | null; readonly confirmed: readonly string[] }

/** Where outputs that do not answer the programmer go, as they come. */
export type Others = (outputs: readonly PumpOutput[]) => void

/** Programs the pump at the instant. */
export function sendProgram(pump: Pump, at_us: Time_us, order: Order, others: Others): Programmed {
  const { program, confirm } = order
  const prepared = answers(pump.react(at_us, { kind: 'prepare', program }), others)
  const refused = prepared.find((output) => output.kind === 'refused')
  if (refused !== undefined) return { outcome: 'refused', reason: refused.reason }
  const readback = prepared.find((output) => output.kind === 'readback')
  if (readback === undefined) return { outcome: 'silent', asked: null, confirmed: [] }
  const slip = slipOf(program, readback)
  if (slip !== null) return { outcome: 'refused', reason: slip }
  const { warnings } = readback
  if (warnings.length > 0 && !confirm) return { outcome: 'refused', reason: `not confirmed: ${warnings.join('; ')}` }
  if (order.commit === false) return { outcome: 'left' }
  return commit(pump, at_us, { readback, confirmed: warnings }, others)
}

/** Commits what was read back; a second time, it asks whether that was done. */
export function commit(
  pump: Pump,
  at_us: Time_us,
  { readback, confirmed }: { readonly readback: Readback; readonly confirmed: readonly string[] },
  others: Others,
): Programmed {
  const input: PumpInput = { kind: 'commit', digest: readback.digest }
  const committed = answers(pump.react(at_us, input), others)
  if (committed.some((output) => output.kind === 'applied')) return { outcome: 'applied', readback, confirmed }
  const refused = committed.find((output) => output.kind === 'refused')
  if (refused !== undefined) return { outcome: 'refused', reason: refused.reason }
  return { outcome: 'silent', asked: readback, confirmed }
}

/** What is wrong with what the pump read back; null when it is what was meant. */
function slipOf(program: Program, readback: Readback): string | null {
  const { stored } = readback
  // The programmer does not know which therapy the pump resumes; whoever reads it back sees it.
  if (program.kind === 'restart' && stored.kind === 'therapy') return null
  const [meant, read] = [JSON.stringify(programRecord(program)), JSON.stringify(programRecord(stored))]
  return meant === read ? null : `the pump read back ${read} where ${meant} was meant; nothing was committed`
}

type Answer = Extract<PumpOutput, { kind: 'readback' | 'applied' | 'refused' }>

/** Whether an output answers a programmer. */
export function isAnswer(output: PumpOutput): output is Answer {
  return output.kind === 'readback' || output.kind === 'applied' || output.kind === 'refused'
}

function answers(outputs: readonly PumpOutput[], others: Others): readonly Answer[] {
  others(outputs.filter((output) => !isAnswer(output)))
  return outputs.filter(isAnswer)
}
