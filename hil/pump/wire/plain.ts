/** What a pump that reckons in whole numbers can be sent: whole numbers that fit 64 bits, in messages of one frame. */

import type { PumpField } from '#protocol/pump/field'
import { LONGEST_PUMP_FRAME, messageText } from '#protocol/pump/frame'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import type { ToPump } from '#protocol/pump/message'
import { TO_PUMP } from '#protocol/pump/to-pump'

/** `$LLSS` and `*CCCCCCCC` with the newline. */
const AROUND = 15
const LARGEST = 10n ** BigInt(PUMP_LIMITS.whole_digits)

/** What of the message such a pump cannot be sent, in words; null where it can be sent all of it. */
export function beyondPlain(message: ToPump): string | null {
  const fields: Readonly<Record<string, PumpField>> = TO_PUMP[message.type].fields
  const values: Readonly<Record<string, unknown>> = message
  for (const [name, { kind }] of Object.entries(fields)) {
    const value = values[name]
    if (kind !== 'exact' || typeof value !== 'object' || value === null) continue
    const { n, d } = value as { readonly n: bigint; readonly d: bigint }
    if (d !== 1n) return `${name} of ${message.type} is the fraction ${n}/${d}`
    if (n >= LARGEST || n <= -LARGEST)
      return `${name} of ${message.type} has more than ${PUMP_LIMITS.whole_digits} digits`
  }
  const length = messageText('to-pump', message).length + AROUND
  if (length <= LONGEST_PUMP_FRAME['to-pump']) return null
  return `${message.type} takes ${length} bytes, more than one frame`
}
