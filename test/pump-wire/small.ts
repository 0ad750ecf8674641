/** Pumps that can less than ours. */
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { decodePumpLine, encodePumpMessage, readMessage } from '#protocol/pump/frame'
import { acrossWire } from './links.ts'

/** Our model, which names only these things among those it can. */
export function thatCan(...names: readonly string[]): PumpDefinition {
  let [left, gone] = [0, 0]
  const fewer = (bytes: Uint8Array) =>
    Buffer.from(bytes)
      .toString('latin1')
      .split(/(?<=\n)/)
      .flatMap((line) => {
        const frame = decodePumpLine('to-bench', Buffer.from(line.trimEnd(), 'latin1'))
        const message = typeof frame === 'string' ? frame : readMessage('to-bench', frame.text)
        if (typeof frame === 'string' || typeof message === 'string') return [Buffer.from(line, 'latin1')]
        if (message.type === 'CAN') {
          if (names.includes(message.name)) left += 1
          else gone += 1
          return names.includes(message.name) ? [Buffer.from(line, 'latin1')] : []
        }
        if (message.type !== 'DONE' || left + gone === 0) return [Buffer.from(line, 'latin1')]
        const done = { ...message, outputs: message.outputs - gone }
        left = 0
        gone = 0
        return [encodePumpMessage('to-bench', frame.sequence, done)]
      })
  return acrossWire('small', modelPump, { up: fewer })
}

/** What a small pump has that is worth a run. */
export const SMALL = ['flex', 'bolus', 'refill', 'low-reservoir', 'empty-reservoir', 'motor-stall']
